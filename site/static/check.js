// The claim check works without this.  With it the answer is renewed as one types, a file
// can be dropped, rows are added in place, and an answer can be copied and printed.
"use strict";
(() => {
  const form = document.getElementById("claim");
  const file = document.getElementById("file");
  if (!form || !file) return;
  const address = form.getAttribute("action").replace(/#.*$/, "");
  const PAUSE = 350;
  let timer = 0;
  let last = null;
  let wished = false;

  const value = (name) => (form.elements.namedItem(name) || { value: "" }).value.trim();
  const isEnough = () => value("payer") && value("lines[0].code") && value("date").length >= 8;

  // What somebody is typing in stays as it is: the cursor goes back to where it was.
  const putInPlace = (fresh, id) => {
    const old = document.getElementById(id);
    const made = fresh.getElementById(id);
    if (!old || !made) return;
    const open = [...old.querySelectorAll("details[open] > summary")].map((each) => each.textContent);
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    const typed = active && "value" in active ? { name: active.name, text: active.value } : null;
    old.replaceWith(document.adoptNode(made));
    for (const each of made.querySelectorAll("details > summary"))
      if (open.includes(each.textContent)) each.parentElement.open = true;
    if (!typed) return;
    const field = form.elements.namedItem(typed.name);
    if (!field) return;
    if (field.value !== typed.text) field.value = typed.text;
    const box = field.closest("details");
    if (box) box.open = true;
    field.focus({ preventScroll: true });
  };

  // A button that is pressed stays until it is let go: the click would be lost with it.
  let letGo = Promise.resolve();
  document.addEventListener("pointerdown", () => {
    letGo = new Promise((resolve) => {
      for (const end of ["pointerup", "pointercancel"])
        addEventListener(end, () => setTimeout(resolve), { once: true });
    });
  });

  const renew = async () => {
    if (!isEnough()) return;
    if (last) last.abort();
    const mine = last = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    if (wished) body.set("wish", "yes");
    const answer = document.getElementById("answer");
    answer.classList.add("waiting");
    try {
      const reply = await fetch(address, { method: "POST", body, signal: mine.signal, headers: { Accept: "text/html" } });
      const kind = reply.headers.get("content-type") || "";
      if (!kind.startsWith("text/html")) return;
      const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
      if (!fresh.getElementById("answer")) return;
      await letGo;
      if (mine.signal.aborted) return;
      putInPlace(fresh, "asked");
      putInPlace(fresh, "answer");
      putInPlace(fresh, "glance");
      mark(fresh);
      dress();
    } catch (error) {
      if (error.name !== "AbortError") answer.classList.remove("waiting");
    }
  };

  // A field that is wrong says so where it stands, but not the one being typed in.
  const mark = (fresh) => {
    for (const each of form.querySelectorAll(".cell .fault")) each.remove();
    for (const each of form.querySelectorAll(".cell [aria-invalid]")) {
      each.removeAttribute("aria-invalid");
      each.removeAttribute("aria-describedby");
    }
    for (const each of fresh.querySelectorAll("#claim .cell [aria-invalid]")) {
      const field = form.elements.namedItem(each.name);
      const said = fresh.getElementById("fault-" + each.name);
      if (!field || !said || field === document.activeElement) continue;
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", "fault-" + each.name);
      field.after(document.adoptNode(said));
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(renew, PAUSE);
  };

  const addRow = (id) => {
    const rows = document.getElementById(id);
    const made = rows.lastElementChild.cloneNode(true);
    const number = rows.children.length;
    const named = (text) => text.replace(/\[[0-9]+\]/, "[" + number + "]");
    for (const each of made.querySelectorAll("[name]")) {
      each.name = named(each.name);
      each.id = named(each.id);
      each.value = "";
      each.removeAttribute("aria-invalid");
      each.removeAttribute("aria-describedby");
    }
    for (const each of made.querySelectorAll("label")) each.htmlFor = named(each.htmlFor);
    for (const each of made.querySelectorAll(".fault")) each.remove();
    made.setAttribute("aria-label", made.getAttribute("aria-label").replace(/[0-9]+/, number + 1));
    rows.append(made);
    made.querySelector("input").focus();
  };

  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", () => act(made));
    return made;
  };

  const copying = (id) => async (made) => {
    const words = made.textContent;
    const text = document.getElementById(id).textContent;
    try {
      await navigator.clipboard.writeText(text);
      made.textContent = "Copied";
    } catch {
      const box = document.getElementById(id);
      box.closest("details").open = true;
      getSelection().selectAllChildren(box);
      made.textContent = "Marked: copy it with Ctrl+C";
    }
    setTimeout(() => { made.textContent = words; }, 2500);
  };

  const dress = () => {
    const text = document.getElementById("text-1");
    const receipt = document.querySelector("#answer .receipt");
    if (!text || !receipt || document.querySelector("#answer .tools")) return;
    const tools = document.createElement("p");
    tools.className = "tools";
    tools.append(
      button("Copy as text", copying("text-1")),
      button("Copy as JSON", copying("json-1")),
      button("Print", () => print()),
    );
    receipt.after(tools);
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest("#answer [name=wish]")) return;
    event.preventDefault();
    wished = true;
    clearTimeout(timer);
    renew();
  });
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-add]");
    if (!asked) return;
    event.preventDefault();
    addRow(asked.dataset.add);
  });
  file.elements.namedItem("file").addEventListener("change", () => file.requestSubmit());
  for (const name of ["dragenter", "dragover"])
    document.addEventListener(name, (event) => { event.preventDefault(); file.classList.add("over"); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) file.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    file.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    file.elements.namedItem("file").files = event.dataTransfer.files;
    file.requestSubmit();
  });
  dress();
})();
