(function () {
  "use strict";
  var byId = function (id) { return document.getElementById(id); };
  var list = function (found) { return Array.prototype.slice.call(found); };
  var all = function (selector, from) { return list((from || document).querySelectorAll(selector)); };
  var root = document.documentElement;
  root.classList.remove("no-script");

  // The theme is the system's until the button changes it.
  var theme = byId("theme"), system = window.matchMedia && matchMedia("(prefers-color-scheme: dark)");
  var dark = Boolean(system && system.matches);
  var showTheme = function () { theme.textContent = dark ? "use light theme" : "use dark theme"; };
  theme.addEventListener("click", function () {
    dark = !dark;
    root.setAttribute("data-theme", dark ? "dark" : "light");
    showTheme();
  });
  if (system && system.addEventListener) {
    system.addEventListener("change", function (e) {
      if (!root.hasAttribute("data-theme")) { dark = e.matches; showTheme(); }
    });
  }
  showTheme();

  // What is inside a finding is parsed when it is opened: until then `noscript` has it as text.
  function unfold(details) {
    var inert = details.querySelector(":scope > noscript");
    if (!inert) { return; }
    var parsed = document.createElement("template");
    parsed.innerHTML = inert.textContent;
    inert.replaceWith(parsed.content);
  }
  document.addEventListener("toggle", function (e) {
    if (e.target.open && e.target.classList.contains("finding")) { unfold(e.target); }
  }, true);
  function open(details) { unfold(details); details.open = true; }

  // One form filters the rules, one the findings.
  function filtering(form, items, fields, status, what) {
    if (!form) { return; }
    var texts = null;
    function filter() {
      texts = texts || items.map(function (item) { return (item.dataset.text || item.textContent).toLowerCase(); });
      var words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
      items.forEach(function (item, at) {
        var keep = fields.every(function (f) { var v = form.elements[f].value; return !v || item.dataset[f] === v; }) &&
          words.every(function (w) { return texts[at].indexOf(w) >= 0; });
        item.hidden = !keep;
        if (keep) { shown += 1; }
      });
      status.textContent = shown + " of " + items.length + " " + what + " shown";
      all("[data-part]").forEach(function (part) {
        part.hidden = all(".finding", part).every(function (f) { return f.hidden; });
      });
    }
    form.addEventListener("input", filter);
    form.addEventListener("change", filter);
    form.addEventListener("reset", function () { setTimeout(filter, 0); });
    form.addEventListener("submit", function (e) { e.preventDefault(); });
  }
  filtering(byId("filters"), all("#rules-table tbody tr"), ["group", "force", "verdict"], byId("count"), "rules");
  filtering(byId("find"), all("#findings .finding"), ["group", "kind"], byId("found"), "findings");

  // Copying, also where the clipboard is closed to pages from disk.
  var prelude = byId("prelude");
  function copied(button, ok) {
    var was = button.dataset.was || button.textContent;
    button.dataset.was = was;
    button.textContent = ok ? "copied" : "select and copy by hand";
    byId("status").textContent = button.textContent;
    setTimeout(function () { button.textContent = was; }, 1500);
  }
  function byHand(button, text) {
    var area = document.createElement("textarea"), ok = false;
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "hidden";
    document.body.appendChild(area);
    area.select();
    try { ok = document.execCommand("copy"); } catch (e) { ok = false; }
    area.remove();
    button.focus();
    copied(button, ok);
  }
  function copy(button, text) {
    if (!navigator.clipboard || !navigator.clipboard.writeText) { byHand(button, text); return; }
    navigator.clipboard.writeText(text).then(function () { copied(button, true); }, function () { byHand(button, text); });
  }
  document.addEventListener("click", function (e) {
    var button = e.target.closest && e.target.closest("button");
    if (!button) { return; }
    if (button.hasAttribute("data-copy")) { copy(button, button.parentNode.querySelector("code").textContent); }
    if (button.hasAttribute("data-copy-script")) {
      var script = button.closest(".script").querySelector("pre").textContent;
      copy(button, script.replace(prelude.dataset.mark, function () { return prelude.textContent; }));
    }
    if (button.hasAttribute("data-all")) {
      var wanted = button.dataset.all === "open";
      all("#findings .finding:not([hidden])").forEach(function (d) { if (wanted) { open(d); } else { d.open = false; } });
    }
  });

  function openTarget() {
    var target = location.hash.indexOf("#f-") === 0 && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    if (target.hidden) {
      byId("find").reset();
      byId("find").dispatchEvent(new Event("input"));
    }
    open(target);
    target.scrollIntoView();
  }
  addEventListener("hashchange", openTarget);
  openTarget();
  if (!location.hash) {
    var first = document.querySelector(".finding.failure");
    if (first) { open(first); }
  }

  // On paper everything is open.
  var closed = [];
  addEventListener("beforeprint", function () {
    all(".finding").forEach(unfold);
    closed = all("details:not([open])");
    closed.forEach(function (d) { d.open = true; });
  });
  addEventListener("afterprint", function () { closed.forEach(function (d) { d.open = false; }); });
})();
