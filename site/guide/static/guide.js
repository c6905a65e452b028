// Pages of the guide that are read from packs, the box, the choices and the search.
"use strict";
(() => {
  const root = words.root;
  const byId = (id) => document.getElementById(id);
  const made = (tag, text, more = {}) => Object.assign(document.createElement(tag), { textContent: text }, more);
  const typing = (element) => element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = byId("ask");
    if (!field || typing(event.target)) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  const open = () => {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    const box = target && target.closest("details");
    if (box) box.open = true;
    return target;
  };
  addEventListener("hashchange", open);
  open();

  // Answers of a day past are told as such, from whatever day on they are read.
  const told = () => {
    const band = byId("new-day");
    const now = new Date();
    const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    if (!band || day === document.body.dataset.today) return;
    band.querySelector("span").textContent = `Today is ${day}: ask for a newer guide if rules may have changed.`;
    band.hidden = false;
  };
  told();
  document.addEventListener("visibilitychange", told);

  // What an address names: read.html?answer/aetna/64483, with or without a state.
  const key = decodeURIComponent(location.search.slice(1).split("&")[0] || "");
  const isReader = Boolean(byId("reading")) && !byId("found");
  const [kind, ...parts] = isReader ? key.split("/") : [""];
  const ofAnswer = kind === "answer" ? { payer: parts[0], state: parts.length > 2 ? parts[1] : "", subject: parts.at(-1) } : null;

  const where = document.querySelector("form.where");
  const field = (name) => where.elements.namedItem(name);
  const statesOf = (payer) => {
    const option = [...field("payer").options].find((each) => each.value === payer);
    return option && option.dataset.states ? option.dataset.states.split(" ") : [];
  };
  const familyCalled = (title) => {
    const low = title.toLowerCase();
    const options = [...document.querySelectorAll("#families option")];
    const found = options.find((each) => each.value.toLowerCase() === low || each.dataset.key === low);
    return found ? found.dataset.key : "";
  };
  const familyTitle = (wanted) => {
    const found = [...document.querySelectorAll("#families option")].find((each) => each.dataset.key === wanted);
    return found ? found.value : wanted;
  };

  const offerStates = (chosen) => {
    const select = field("state");
    const states = statesOf(field("payer").value);
    select.replaceChildren(made("option", "any", { value: "" }), ...states.map((each) => made("option", each, { value: each })));
    select.value = states.includes(chosen) ? chosen : "";
    select.closest("label").hidden = !states.length;
  };

  const subjectWritten = async () => {
    const written = field("code").value.trim();
    if (!written) return "";
    return familyCalled(written) || words.codeOf(written, await words.index()) || null;
  };

  const destination = async () => {
    const payer = field("payer").value;
    const state = field("state").value;
    const subject = await subjectWritten();
    if (subject === null) return `search.html?q=${encodeURIComponent(field("code").value)}`;
    if (payer && subject) return `read.html?${words.answerKey(payer, subject, state)}`;
    if (payer) return state ? `payer/${payer}/${state}.html` : `payer/${payer}.html`;
    if (!subject) return "index.html";
    const known = await words.index();
    const isDiagnosis = known.codes[subject] && known.codes[subject][0] === "diagnosis";
    return isDiagnosis ? words.pageOfDiagnosis(subject) : words.pageOfSubject(subject, known);
  };

  if (where) {
    document.documentElement.classList.add("applies-itself");
    if (ofAnswer) {
      field("payer").value = ofAnswer.payer;
      field("code").value = familyTitle(ofAnswer.subject);
    }
    const stateOfFile = (location.pathname.match(/\/payer\/[^/]+\/([A-Z]{2})\.html$/) || [])[1];
    offerStates((ofAnswer && ofAnswer.state) || stateOfFile || "");
    // Enter in a changed field is told twice, as a change and as a submission: the page is
    // left once, after both.  What is chosen while a place is looked up stands in its stead.
    let choices = 0;
    where.addEventListener("submit", async (event) => {
      event.preventDefault();
      const mine = ++choices;
      await new Promise((resolve) => setTimeout(resolve));
      const place = await destination();
      if (mine === choices) location.assign(root + place);
    });
    where.addEventListener("change", (event) => {
      if (event.target.name === "payer") offerStates(field("state").value);
      where.requestSubmit();
    });
  }

  const shown = (html) => {
    const main = byId("content");
    main.innerHTML = html;
    const target = open();
    if (target) target.scrollIntoView();
  };

  const packOf = (wanted) => `data/${wanted.slice(0, wanted.lastIndexOf("/"))}.json.gz`;
  const entryOf = async (wanted) => {
    const pack = await words.json(packOf(wanted).split("/").map(encodeURIComponent).join("/"));
    return pack[wanted.slice(wanted.lastIndexOf("/") + 1)] || null;
  };

  const readKey = async () => {
    let entry = null;
    try {
      entry = await entryOf(key);
      // A state has the families' answers; any other code is answered for all states.
      if (!entry && ofAnswer && ofAnswer.state) {
        location.replace(`read.html?${words.answerKey(ofAnswer.payer, ofAnswer.subject, "")}`);
        return;
      }
    } catch {
      entry = null;
    }
    if (entry) {
      document.title = `${entry[0]}`;
      shown(entry[1]);
      return;
    }
    const said = byId("reading");
    said.className = "empty";
    said.textContent = ofAnswer
      ? `No rule of this payer that is loaded names ${familyTitle(ofAnswer.subject)}. That is no answer to whether it is covered.`
      : "This guide has no such page. That is no answer to whether something is covered.";
  };
  if (isReader) readKey();

  // The box: suggestions as one types, from the index that lies beside the pages.
  const ask = byId("ask");
  if (ask) suggesting(ask);
  function suggesting(box) {
    const list = made("ul", "", { id: "suggestions", className: "suggestions", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    box.after(list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]])
      box.setAttribute(name, value);
    let chosen = -1;
    const close = () => {
      list.hidden = true;
      chosen = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    };
    const choose = (number) => {
      const rows = [...list.children];
      chosen = (number + rows.length + 1) % (rows.length + 1);
      if (chosen === rows.length) chosen = -1;
      rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === chosen)));
      if (chosen < 0) box.removeAttribute("aria-activedescendant");
      else box.setAttribute("aria-activedescendant", rows[chosen].id);
    };
    const take = (row) => {
      close();
      if (row.dataset.place) location.assign(root + row.dataset.place);
      else {
        box.value = row.dataset.text;
        box.form.requestSubmit();
      }
    };
    const show = (found) => {
      list.replaceChildren(...found.map((each, at) => {
        const row = made("li", `${each.text} `, { id: `suggestion-${at}` });
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.dataset.text = each.text;
        row.dataset.place = each.place;
        row.append(made("span", each.place ? "open" : each.kind, { className: "quiet small" }));
        row.addEventListener("pointerdown", (event) => event.preventDefault());
        row.addEventListener("click", () => take(row));
        return row;
      }));
      list.hidden = !found.length;
      chosen = -1;
      box.setAttribute("aria-expanded", String(!list.hidden));
    };
    box.addEventListener("input", async () => {
      const typed = box.value.trim();
      if (typed.length < 2) return close();
      const found = words.suggested(typed, await words.index());
      if (box.value.trim() === typed && document.activeElement === box) show(found);
    });
    box.addEventListener("blur", close);
    box.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen < 0 ? list.children.length - 1 : chosen - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
      else return;
      event.preventDefault();
    });
  }

  // The search page: what was understood opens its answer, shown at once; then full text.
  const hits = byId("found");
  if (hits) searching();
  async function searching() {
    const query = (new URLSearchParams(location.search).get("q") || "").trim();
    if (!query) return;
    ask.value = query;
    byId("asked-for").textContent = query;
    document.title = query;
    const said = byId("reading");
    said.textContent = "Reading…";
    const known = await words.index();
    const { text, corrected } = words.mended(query, known);
    const found = words.understood(text, known);
    const pages = words.opened(found, known);
    const texts = words.fullText(text, known, 20);
    const answers = pages.filter((page) => page.kind === "answer").slice(0, 3);
    hits.replaceChildren();
    for (const { typed, takenFor } of corrected) {
      const taken = made("p", `“${typed}” was taken for `, { className: "small" });
      taken.append(made("strong", takenFor), ".");
      hits.append(taken);
    }
    for (const page of answers) hits.append(await answerOf(page));
    if (pages.length) hits.append(listOf("Pages", pages.map((page) => row(page))));
    if (texts.length) hits.append(listOf("Found by words", texts.map((each) => row(each))));
    const unknown = found.rest.filter((word) => !known.byWord.has(word));
    said.textContent = unknown.length ? `Not understood: ${unknown.join(", ")}. These words changed nothing below.` : "";
    if (!pages.length && !texts.length) {
      said.className = "empty";
      said.textContent = "Nothing loaded holds these words. That is no answer to whether a payer covers something.";
    }
  }

  const row = (each) => {
    const item = document.createElement("li");
    item.append(made("a", each.title, { href: root + each.place }), " ", made("span", [each.kind, each.subtitle].filter(Boolean).join(" · "), { className: "quiet" }));
    if (each.without && each.without.length) item.append(made("p", `without: ${each.without.join(", ")}`, { className: "snippet" }));
    return item;
  };
  const listOf = (title, rows) => {
    const section = document.createElement("section");
    const list = made("ol", "", { className: "hits" });
    list.append(...rows);
    section.append(made("h2", title), list);
    return section;
  };

  const answerOf = async (page) => {
    const section = made("section", "", { className: "asked-card" });
    let entry = null;
    for (const state of statesOf(page.payer).includes(page.state) ? [page.state, ""] : [""]) {
      const wanted = words.answerKey(page.payer, page.subject, state);
      entry = await entryOf(wanted).catch(() => null);
      if (entry) {
        page.place = page.place.replace(/answer\/[^#]*/, wanted);
        // Never an answer for all states under the name of one.
        if (page.state) page.title += state ? `, ${state}` : ", any state";
        break;
      }
    }
    const heading = document.createElement("h2");
    heading.append(made("a", page.title, { href: root + page.place }));
    section.append(heading);
    if (!entry) {
      page.place = `payer/${page.payer}.html`;
      heading.firstChild.href = root + page.place;
      section.append(made("p", "No rule of this payer that is loaded names it. That is no answer to whether it is covered.", { className: "empty" }));
      return section;
    }
    const fresh = new DOMParser().parseFromString(entry[1], "text/html");
    const tiles = [...fresh.querySelectorAll(".tile")];
    const asked = page.aspect ? tiles.filter((tile) => tile.querySelector(`#tile-${page.aspect}`)) : tiles;
    const about = page.aspect ? fresh.querySelector(`section[aria-labelledby="about-${page.aspect}"]`) : null;
    const box = made("div", "", { className: "tiles" });
    box.append(...(asked.length ? asked : []).map((tile) => document.adoptNode(tile)));
    for (const link of box.querySelectorAll('a[href^="#"]')) link.href = root + page.place.split("#")[0] + link.getAttribute("href");
    section.append(box);
    if (about) section.append(document.adoptNode(about));
    for (const each of section.querySelectorAll("[id]")) each.removeAttribute("id");
    return section;
  };

  // Side by side: the columns of two to four payers of all that the page holds.
  const table = document.querySelector("table.side-by-side");
  const choose = document.querySelector("form.choose");
  if (table && choose) comparing();
  function comparing() {
    const selects = [...choose.querySelectorAll("select[name=payers]")];
    const heads = [...table.querySelectorAll("thead th")].slice(1);
    const payerOf = heads.map((head) => (head.querySelector("a").getAttribute("href").match(/answer\/([^/]+)\//) || [])[1]);
    const asked = (new URLSearchParams(location.search).get("payers") || "").split(",").filter(Boolean);
    selects.forEach((select, at) => { select.value = asked[at] || ""; });
    const apply = () => {
      const wanted = selects.map((select) => select.value).filter(Boolean);
      const columns = [...new Set(wanted)].map((payer) => payerOf.indexOf(payer)).filter((at) => at >= 0);
      const enough = columns.length > 1;
      table.closest(".scroll").hidden = !enough;
      byId("choose-some").hidden = enough;
      heads.forEach((head, at) => { head.hidden = !columns.includes(at); });
      for (const line of table.tBodies[0].rows) {
        const cells = [...line.cells].slice(1);
        cells.forEach((cell, at) => { cell.hidden = !columns.includes(at); });
        const chosen = columns.map((at) => cells[at]);
        const said = new Set(chosen.map((cell) => cell.textContent.replace(/\s+/g, " ").trim()));
        line.hidden = !chosen.some((cell) => !cell.classList.contains("silent"));
        line.className = said.size > 1 ? "differs" : "same";
        const chip = line.cells[0].querySelector(".chip");
        if (chip) chip.hidden = said.size < 2;
      }
    };
    choose.addEventListener("change", apply);
    choose.addEventListener("submit", (event) => {
      event.preventDefault();
      const family = familyCalled(choose.elements.code.value.trim());
      const query = `?payers=${selects.map((select) => select.value).filter(Boolean).join(",")}`;
      if (family) location.assign(`${root}compare/${family}.html${query}`);
    });
    apply();
  }
})();
