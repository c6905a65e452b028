// The site works without this.  "/" puts the cursor into the box, a choice in the bar
// applies at once, a link to a folded list opens it, and the payers and the state last
// chosen are kept in this browser only, until somebody forgets them.
"use strict";
(() => {
  const page = document.body.dataset;
  const typing = (element) =>
    element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = document.getElementById("ask");
    if (!field || typing(event.target)) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const box = target && target.closest("details");
    if (box) box.open = true;
  };
  addEventListener("hashchange", open);
  open();

  const where = document.querySelector("form.where");
  if (where) {
    document.documentElement.classList.add("applies-itself");
    where.addEventListener("change", (event) => {
      // A day is typed in parts: it applies when the field is left, or with Enter.
      if (event.target.type !== "date") where.requestSubmit();
    });
    const day = where.elements.on;
    const shown = day.value;
    day.addEventListener("blur", () => day.value !== shown && where.requestSubmit());
  }

  const twoDigits = (number) => String(number).padStart(2, "0");
  const newDay = document.getElementById("new-day");
  document.addEventListener("visibilitychange", () => {
    const now = new Date();
    const day = [now.getFullYear(), twoDigits(now.getMonth() + 1), twoDigits(now.getDate())];
    if (newDay && page.today && day.join("-") > page.today) newDay.hidden = false;
  });

  const KEY = "payerkb.last";
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {};
    }
  };
  const last = { payers: [], state: "", ...kept() };
  if (page.payer && page.payerTitle) {
    const others = last.payers.filter((each) => each.id !== page.payer);
    last.payers = [{ id: page.payer, title: page.payerTitle }, ...others].slice(0, 8);
  }
  if (page.state) last.state = page.state;
  if (page.payer || page.state) {
    try {
      localStorage.setItem(KEY, JSON.stringify(last));
    } catch {
      // A browser that keeps nothing is as good.
    }
  }

  const state = where && where.elements.state;
  if (state && !state.value && last.state) {
    const offer = document.createElement("button");
    offer.type = "button";
    offer.className = "plain-button offer";
    offer.textContent = `${last.state}?`;
    offer.setAttribute("aria-label", `Use the state last chosen, ${last.state}`);
    offer.addEventListener("click", () => {
      state.value = last.state;
      where.requestSubmit();
    });
    state.closest("label").after(offer);
  }

  const mine = document.getElementById("your-payers");
  if (mine && last.payers.length) {
    const list = mine.querySelector("ul");
    const query = last.state ? `?state=${encodeURIComponent(last.state)}` : "";
    for (const each of last.payers) {
      const link = document.createElement("a");
      link.href = `/payer/${encodeURIComponent(each.id)}${query}`;
      link.textContent = last.state ? `${each.title}, ${last.state}` : each.title;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    mine.hidden = false;
    mine.querySelector("button").addEventListener("click", () => {
      localStorage.removeItem(KEY);
      mine.hidden = true;
    });
  }
})();
