"use strict";
(() => {
  const { modules, chains } = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  root.classList.add("js");
  const words = {
    s: { yes: "scripts", open: "scripts if its parts do", sometimes: "not in every configuration", no: "does not script", unknown: "cannot be told" },
    t: { yes: "traces faithfully", open: "traces faithfully if its parts do", sometimes: "tracing may lose something", no: "does not trace faithfully", unknown: "cannot be told", none: "no forward to trace" },
  };
  const signs = { yes: "✓", open: "✓", sometimes: "◐", no: "✕", unknown: "?", none: "–" };

  // Elements are made from text only: nothing that comes from a source file is ever read as markup.
  const make = (tag, props = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props)) {
      if (key === "class") node.className = value;
      else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
  };
  const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;
  const base = (path) => path.split(/[\\/]/).pop();
  const errors = (side) => (side.e || []).length + (side.r || []).length;
  const dot = (state) => make("span", { class: `dot ${state}`, "aria-hidden": "true" }, signs[state]);
  const link = (number) => make("a", { href: `#m${number}` }, modules[number].n);

  // --- tabs -------------------------------------------------------------------------------------

  const tabs = [...document.querySelectorAll("[role=tab]")];
  const show = (name) => {
    for (const tab of tabs) {
      const on = tab.getAttribute("aria-controls") === name;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      $(tab.getAttribute("aria-controls")).classList.toggle("on", on);
    }
    if (name === "tree" && !$("forest").dataset.drawn) drawForest();
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => show(tab.getAttribute("aria-controls")));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      next.focus();
      show(next.getAttribute("aria-controls"));
    });
  }

  // --- the table --------------------------------------------------------------------------------

  const body = $("table").tBodies[0];
  const rows = [...body.rows];
  const original = new Map(rows.map((row, index) => [row, index]));
  const filter = $("filter");
  const by = { script: $("by-script"), trace: $("by-trace"), way: $("by-way") };
  let rule = "";
  const apply = () => {
    const terms = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const data = row.dataset;
      const fits = terms.every((term) => data.name.includes(term))
        && (!by.script.value || data.script === by.script.value)
        && (!by.trace.value || data.trace === by.trace.value)
        && (!by.way.value || data.way === by.way.value)
        && (!rule || (data.codes || "").split(" ").includes(rule));
      row.hidden = !fits;
      count += fits;
    }
    const any = terms.length || by.script.value || by.trace.value || by.way.value || rule;
    $("shown").textContent = any ? `${count} of ${rows.length} modules${rule ? ` blocked by ${rule}` : ""}` : plural(rows.length, "module", "modules");
    $("clear").hidden = !any;
    $("nothing").hidden = count > 0;
  };
  const clear = () => {
    filter.value = by.script.value = by.trace.value = by.way.value = rule = "";
  };
  filter.addEventListener("input", apply);
  for (const select of Object.values(by)) select.addEventListener("change", apply);
  $("clear").addEventListener("click", () => { clear(); apply(); filter.focus(); });
  for (const key of document.querySelectorAll(".key")) {
    key.addEventListener("click", () => {
      clear();
      const { side, state, way } = key.dataset;
      if (side) by[side].value = state;
      else if (way) by.way.value = way;
      else rule = key.dataset.rule;
      show("modules");
      apply();
    });
  }
  const orders = {
    name: (row) => row.dataset.name,
    script: (row) => Number(row.dataset.scriptRank),
    trace: (row) => Number(row.dataset.traceRank),
    way: (row) => row.dataset.way,
  };
  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      const head = button.parentElement;
      const first = button.dataset.sort === "script" || button.dataset.sort === "trace" ? "descending" : "ascending";
      const was = head.getAttribute("aria-sort");
      const now = was === "none" ? first : was === "ascending" ? "descending" : "ascending";
      for (const other of head.parentElement.cells) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", now);
      const value = orders[button.dataset.sort];
      const sign = now === "ascending" ? 1 : -1;
      const keyed = rows.map((row) => [value(row), original.get(row), row]);
      keyed.sort((a, b) => (a[0] < b[0] ? -sign : a[0] > b[0] ? sign : a[1] - b[1]));
      body.append(...keyed.map((entry) => entry[2]));
    });
  }
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (row && !event.target.closest("a") && !String(getSelection())) location.hash = `m${row.id.slice(3)}`;
  });
  body.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    let row = event.target.closest("tr");
    if (!step || !row) return;
    do row = row[step]; while (row && row.hidden);
    if (!row) return;
    event.preventDefault();
    row.querySelector("a").focus();
    history.replaceState(null, "", `#m${row.id.slice(3)}`);
    select(Number(row.id.slice(3)), false);
  });

  // --- the tree ---------------------------------------------------------------------------------

  const ownErrors = (module) => {
    const below = new Set();
    const walk = (parts) => {
      for (const part of parts) {
        if (part.m !== undefined) for (const [finding] of modules[part.m].s.e || []) below.add(finding);
        walk(part.i || []);
      }
    };
    walk(module.c);
    return (module.s.e || []).filter(([finding]) => !below.has(finding));
  };
  const partErrors = (part) => (part.m !== undefined ? errors(modules[part.m].s) : 0)
    + (part.bad ? 1 : 0) + (part.i || []).reduce((sum, inner) => sum + partErrors(inner), 0);
  const message = (finding) => {
    const head = $(`f${finding}`).querySelector("h4");
    const place = $(`f${finding}`).querySelector(".place").textContent.split(" in ")[0];
    const row = place.split(":").slice(-2)[0];
    const text = head.textContent.replace(/^\S+\s*/, "");
    return [head.querySelector(".code").textContent, text.length > 96 ? `${text.slice(0, 94).trimEnd()}…` : text, row];
  };
  const jump = (holder, finding) => (event) => {
    event.preventDefault();
    if (location.hash !== `#m${holder}`) {
      history.pushState(null, "", `#m${holder}`);
      select(holder, false);
    }
    const copy = $("detail").querySelector(`[data-finding="${finding}"]`);
    if (!copy) return;
    copy.scrollIntoView({ block: "center" });
    copy.classList.remove("flash");
    void copy.offsetWidth;
    copy.classList.add("flash");
    copy.setAttribute("tabindex", "-1");
    copy.focus({ preventScroll: true });
  };
  const lazily = (details, fill) => {
    let filled = false;
    const once = () => { if (!filled) { filled = true; details.append(fill()); } };
    details.addEventListener("toggle", () => details.open && once());
    details.fill = once;
    return details;
  };
  const branch = (summary, blocked, fill, open) => {
    const details = make("details", { class: blocked ? "blocked" : "" }, make("summary", {}, ...summary));
    lazily(details, fill);
    if (open) { details.fill(); details.open = true; }
    return make("li", { class: blocked ? "has-block" : "" }, details);
  };
  const badges = (module) => {
    const count = errors(module.s);
    return [
      count ? make("span", { class: "badge", title: "places that keep it from scripting" }, plural(count, "blocker", "blockers")) : null,
      module.t.v === "no" ? make("span", { class: "badge lost", title: "places where tracing would be wrong" }, `${errors(module.t)} lost by tracing`) : null,
    ];
  };
  const childrenOf = (number, holder, path) => {
    const module = modules[number];
    const list = make("ul", { class: "tree" });
    for (const [finding] of ownErrors(module)) {
      const [code, text, row] = message(finding);
      list.append(make("li", { class: "has-block" }, make("a", { class: "leaf block", href: `#f${finding}`, onclick: jump(holder, finding) },
        make("span", { "aria-hidden": "true" }, "✕"), make("span", { class: "code" }, code), make("span", { class: "text" }, text), make("span", { class: "note" }, `line ${row}`))));
    }
    for (const part of module.c) list.append(node(part, holder, path));
    return list;
  };
  const node = (part, holder, path) => {
    const blocked = partErrors(part) > 0;
    const name = make("span", { class: "attr" }, part.n === "*" ? "each" : part.n);
    const times = part.x === undefined ? null : make("span", { class: "times" }, part.x ? `× ${part.x}` : "× n");
    const note = part.u ? make("span", { class: "note" }, part.c || part.i ? "in some configurations" : "given from outside") : null;
    if (part.i && part.i.length) {
      const fill = () => { const list = make("ul", { class: "tree" }); for (const inner of part.i) list.append(node(inner, holder, path)); return list; };
      return branch([name, make("span", { class: "cls" }, part.c || part.k), times, note], blocked, fill, false);
    }
    if (part.m === undefined) {
      const bad = part.bad ? make("span", { class: "badge" }, "does not script") : null;
      return make("li", { class: blocked ? "has-block" : "" }, make("span", { class: "leaf" }, name, make("span", { class: "cls" }, part.c || "unknown"), times, note, bad));
    }
    const held = modules[part.m];
    const summary = [dot(held.s.v), name, make("a", { class: "cls", href: `#m${part.m}` }, held.n), times, note, ...badges(held)];
    if (path.includes(part.m)) return make("li", {}, make("span", { class: "leaf" }, ...summary, make("span", { class: "note" }, "holds itself")));
    if (!held.c.length && !ownErrors(held).length) return make("li", {}, make("span", { class: "leaf" }, ...summary));
    return branch(summary, blocked, () => childrenOf(part.m, holder, [...path, part.m]), false);
  };
  const drawForest = () => {
    const forest = $("forest");
    forest.dataset.drawn = "1";
    forest.replaceChildren();
    const only = $("blocked-only").checked;
    const list = make("ul", { class: "tree root" });
    modules.forEach((module, number) => {
      const isRoot = module.g && !module.h.some((holder) => holder !== number && modules[holder].g);
      if (!isRoot || (only && !errors(module.s))) return;
      const summary = [dot(module.s.v), make("a", { class: "cls", href: `#m${number}` }, module.n), make("span", { class: "note" }, `${base(module.p)}:${module.l}`), ...badges(module)];
      if (!module.c.length && !ownErrors(module).length) list.append(make("li", {}, make("span", { class: "leaf" }, ...summary)));
      else list.append(branch(summary, errors(module.s) > 0, () => childrenOf(number, number, [number]), false));
    });
    forest.append(list.children.length ? list : make("p", { class: "hush" }, only ? "Nothing is blocked." : "No modules."));
  };
  const openBlocked = (area) => {
    let found = 1;
    for (let depth = 0; found && depth < 12; depth += 1) {
      const closed = [...area.querySelectorAll("details.blocked:not([open])")];
      found = closed.length;
      for (const details of closed) { details.fill(); details.open = true; }
    }
  };
  $("blocked-only").addEventListener("change", drawForest);
  $("open-blocked").addEventListener("click", () => openBlocked($("forest")));

  // --- one module -------------------------------------------------------------------------------

  const copyOf = (finding, chain, soft) => {
    const copy = $(`f${finding}`).cloneNode(true);
    copy.removeAttribute("id");
    copy.dataset.finding = finding;
    copy.classList.toggle("soft", soft);
    const steps = chains[chain];
    if (steps.length > 1) {
      const way = make("p", { class: "chain" });
      steps.forEach((step, index) => { if (index) way.append(make("span", {}, " → ")); way.append(step); });
      copy.querySelector(".place").after(way);
    }
    const why = document.querySelector(`[data-why="${copy.dataset.code}"]`);
    if (why) {
      const notes = copy.querySelector(".notes");
      const text = make("dd");
      text.append(...why.cloneNode(true).childNodes);
      const instead = [...notes.querySelectorAll("dt")].find((term) => term.textContent === "instead");
      (instead ? instead.before.bind(instead) : notes.append.bind(notes))(make("dt", {}, "why"), text);
    }
    return copy;
  };
  const section = (title, reached, soft, folded) => {
    if (!reached || !reached.length) return [];
    const copies = () => { const part = document.createDocumentFragment(); for (const [finding, chain] of reached) part.append(copyOf(finding, chain, soft)); return part; };
    if (folded) return [lazily(make("details", { class: "more" }, make("summary", {}, `${title} (${reached.length})`)), copies)];
    return [make("h3", {}, title, make("span", { class: "n" }, String(reached.length))), copies()];
  };
  const refused = (side) => (side.r || []).map(([cls, text, chain, path, row]) => make("article", { class: "finding" },
    make("h4", {}, make("span", { class: "code" }, "part"), ` ${cls} does not script`),
    make("p", { class: "place" }, `${path}:${row}`),
    make("p", { class: "chain" }, chains[chain].join(" → ")),
    make("dl", { class: "notes" }, make("dt", {}, "torch.jit.script says"), make("dd", { class: "says" }, text))));
  // Within its own list only: the page stays where it is.
  const reveal = (row) => {
    const list = row.closest(".scroll");
    const head = list.querySelector("thead").offsetHeight;
    const top = row.offsetTop - list.querySelector("table").offsetTop;
    if (top - head < list.scrollTop) list.scrollTop = top - head;
    else if (top + row.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top + row.offsetHeight - list.clientHeight;
  };
  const select = (number, scroll) => {
    const module = modules[number];
    if (!module) return;
    for (const row of body.querySelectorAll(".on")) row.classList.remove("on");
    const row = $(`row${number}`);
    if (row) { row.classList.add("on"); reveal(row); }
    const detail = $("detail");
    const [kind, title, why] = module.w;
    detail.replaceChildren(
      make("h2", {}, module.n),
      make("p", { class: "sub" }, `${module.p}:${module.l}`, module.b.length ? ` · ${module.b.join(", ")}` : ""),
      make("div", { class: `verdict way-${kind}` }, make("b", {}, title), make("p", {}, why)),
      make("div", { class: "sides" },
        make("span", { class: `chip ${module.s.v}` }, `${signs[module.s.v]} ${words.s[module.s.v]}`),
        make("span", { class: `chip ${module.t.v}` }, `${signs[module.t.v]} ${words.t[module.t.v]}`)),
    );
    if (module.c.length) {
      const box = make("div", { class: "box" });
      const list = childrenOf(number, number, [number]);
      list.classList.add("root");
      box.append(list);
      openBlocked(box);
      detail.append(make("h3", {}, "What it holds"), box);
    }
    if (errors(module.s)) {
      detail.append(make("h3", {}, "What keeps it from scripting", make("span", { class: "n" }, String(errors(module.s)))));
      detail.append(...refused(module.s));
      for (const [finding, chain] of module.s.e || []) detail.append(copyOf(finding, chain, false));
    }
    detail.append(
      ...section("What tracing would lose", module.t.e, false, false),
      ...section("What keeps it from scripting in some configurations", module.s.w, true, true),
      ...section("What keeps it from being saved", module.s.p, true, true),
      ...section("What tracing may lose, for some inputs or configurations", module.t.w, true, true),
    );
    if (module.h.length) {
      const shown = module.h.slice(0, 40).map(link);
      detail.append(make("h3", {}, "Held by"), make("div", { class: "holders" }, ...shown, module.h.length > 40 ? `and ${module.h.length - 40} more` : ""));
    }
    detail.scrollTop = 0;
    for (const frame of detail.querySelectorAll(".frame")) {
      const mark = frame.querySelector("mark");
      if (mark) frame.scrollLeft = Math.max(0, mark.offsetLeft + mark.offsetWidth - frame.offsetLeft - frame.clientWidth + 24);
    }
    if (scroll && getComputedStyle(detail).position !== "sticky") detail.scrollIntoView();
  };
  const follow = () => {
    const [, kind, number] = /^#([mf])(\d+)$/.exec(location.hash) || [];
    if (kind === "m") select(Number(number), true);
    if (kind === "f") {
      const article = $(`f${number}`);
      if (!article) return;
      show("findings");
      article.closest("details").open = true;
      article.scrollIntoView({ block: "center" });
    }
  };
  addEventListener("hashchange", follow);
  addEventListener("popstate", follow);

  show("modules");
  apply();
  if (location.hash) follow();
  else {
    // The one most in need of a look.
    const worst = rows.reduce((best, row) => (best && Number(best.dataset.scriptRank) >= Number(row.dataset.scriptRank) ? best : row), null);
    if (worst) select(Number(worst.id.slice(3)), false);
  }
})();
