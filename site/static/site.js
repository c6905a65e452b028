// The site works without this: "/" puts the cursor into the search field, and a
// link to a list or a worked claim opens it.
"use strict";
(() => {
  const typing = (element) =>
    element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = document.getElementById("q");
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
})();
