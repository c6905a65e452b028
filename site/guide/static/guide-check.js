// The claim check of the guide: what the form would send to a server goes to the engine that
// runs in this page.  `check.js`, the site's own, asks by `fetch`; its questions end here.
"use strict";
(() => {
  const form = document.getElementById("claim");
  const file = document.getElementById("file");
  const said = document.getElementById("engine");
  if (!form || !file || !said) return;
  const bar = said.querySelector("progress");
  const words_ = said.querySelector("span");
  const worker = new Worker(new URL("guide-engine.js", document.currentScript.src), { type: "module" });
  const waiting = new Map();
  let number = 0;
  let readyNow;
  const ready = new Promise((resolve) => { readyNow = resolve; });

  worker.onmessage = ({ data }) => {
    if (data.kind === "loaded") {
      bar.value = data.bytes / Number(said.dataset.bytes);
      if (bar.value >= 1) words_.textContent = "The engine starts.";
    } else if (data.kind === "ready") {
      said.classList.add("ready");
      words_.textContent = "The engine is ready. From here on nothing is asked of any server.";
      readyNow();
    } else if (data.kind === "failed") {
      said.classList.add("failed");
      words_.textContent = `The engine could not be loaded: ${data.why}. Load this page again.`;
    } else {
      const { resolve, reject } = waiting.get(data.id);
      waiting.delete(data.id);
      if ("answer" in data) resolve(data.answer);
      else reject(new Error("no answer"));
    }
  };
  worker.onerror = () => {
    said.classList.add("failed");
    words_.textContent = "The engine could not be started in this browser.";
  };

  const asked = async (question, moved = []) => {
    await ready;
    const id = ++number;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...question }, moved);
    });
  };
  const fieldsOf = (entries) => Object.fromEntries([...entries].filter(([, value]) => typeof value === "string"));

  const ownFetch = window.fetch.bind(window);
  window.fetch = async (address, how = {}) => {
    if (how.method !== "POST") return ownFetch(address, how);
    const html = await asked({ kind: "page", fields: fieldsOf(how.body.entries()) });
    if (how.signal && how.signal.aborted) throw new DOMException("Superseded", "AbortError");
    return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
  };

  const put = (fresh, id) => {
    const [old, made] = [document.getElementById(id), fresh.getElementById(id)];
    if (old && made) old.replaceWith(document.adoptNode(made));
  };
  // The whole form as it was read, when it was sent as such or a file filled it in.
  const fill = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const values = fresh.getElementById("claim").elements;
    for (const id of ["lines", "earlier", "asked", "answer", "glance"]) put(fresh, id);
    for (const field of form.elements) {
      const read = field.name && values.namedItem(field.name);
      if (!read || field.type === "submit") continue;
      if (field.type === "checkbox") field.checked = read.checked;
      else if (field.tagName === "SELECT" && ![...field.options].some((each) => each.value === read.value)) field.add(new Option(read.value, read.value));
      if (field.type !== "checkbox") field.value = read.value;
    }
    document.getElementById("answer").focus({ preventScroll: false });
  };
  const failed = () => {
    const answer = document.getElementById("answer");
    answer.replaceChildren(Object.assign(document.createElement("p"), { className: "empty", textContent: "This could not be answered. Load the page again; if it stays so, use payerkb check-claim." }));
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const entries = new FormData(form, event.submitter).entries();
    await asked({ kind: "page", fields: fieldsOf(entries) }).then(fill, failed);
  });
  file.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = file.elements.namedItem("file").files[0];
    if (!given) return;
    const content = await given.arrayBuffer();
    await asked({ kind: "page", fields: {}, file: content }, [content]).then(fill, failed);
  });

  // For who wants the findings of a file as the command line prints them.
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Findings as JSON", className: "plain-button" });
  button.addEventListener("click", async () => {
    const given = file.elements.namedItem("file").files[0];
    if (!given) return file.reportValidity();
    const content = await given.arrayBuffer();
    const text = await asked({ kind: "findings", file: content, name: given.name }, [content]).catch(failed);
    if (!text) return;
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: "findings.json" });
    link.click();
    URL.revokeObjectURL(link.href);
  });
  file.append(button);

  // A link may fill in what other pages are about, nothing of a patient's claim.
  const given = new URLSearchParams(location.search);
  for (const [name, field] of [["payer", "payer"], ["plan", "plan"], ["state", "state"], ["place", "place"], ["on", "date"], ["code", "lines[0].code"]])
    if (given.get(name) && form.elements.namedItem(field)) form.elements.namedItem(field).value = given.get(name);
})();
