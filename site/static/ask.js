// The box works without this.  With it, what a question may become stands below as one
// types: arrows choose, Enter takes, Escape closes.  Nothing typed is kept.
"use strict";
(() => {
  const field = document.getElementById("ask");
  if (!field || !field.form) return;
  const PAUSE = 120;
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  field.after(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");
  let chosen = -1;
  let timer = 0;
  let last = null;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  const choose = (number) => {
    const rows = [...list.children];
    if (!rows.length) return;
    chosen = (number + rows.length + 1) % (rows.length + 1);
    if (chosen === rows.length) chosen = -1;
    rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === chosen)));
    if (chosen < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", rows[chosen].id);
  };

  const carried = (path) => {
    const address = new URL(path, location.href);
    for (const name of ["state", "place", "on"]) {
      const set = field.form.elements.namedItem(name);
      if (set && set.value) address.searchParams.set(name, set.value);
    }
    return address.href;
  };

  const take = (row) => {
    close();
    if (row.dataset.path) {
      location.assign(carried(row.dataset.path));
      return;
    }
    field.value = row.dataset.text;
    field.form.requestSubmit();
  };

  const show = (found) => {
    list.replaceChildren(
      ...found.map((each, at) => {
        const row = document.createElement("li");
        row.id = `suggestion-${at}`;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.dataset.text = each.text;
        row.dataset.path = each.path;
        const kind = document.createElement("span");
        kind.className = "quiet small";
        kind.textContent = each.path ? "open" : each.kind;
        row.append(each.text, " ", kind);
        row.addEventListener("pointerdown", (event) => event.preventDefault());
        row.addEventListener("click", () => take(row));
        return row;
      }),
    );
    list.hidden = !found.length;
    chosen = -1;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
  };

  const ask = async () => {
    const typed = field.value.trim();
    if (last) last.abort();
    if (typed.length < 2) {
      close();
      return;
    }
    last = new AbortController();
    try {
      const root = field.form.getAttribute("action").replace(/search$/, "");
      const reply = await fetch(`${root}suggest.json?q=${encodeURIComponent(typed)}`, { signal: last.signal });
      if (!reply.ok) return;
      const { suggestions } = await reply.json();
      if (field.value.trim() === typed && document.activeElement === field) show(suggestions);
    } catch {
      // The next letter asks again; the box itself needs no suggestions.
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? list.children.length - 1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
    else return;
    event.preventDefault();
  });
})();
