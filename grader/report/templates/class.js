"use strict";
(() => {
  const PART = 200; // rows laid out at a time: more are felt when sorting
  const table = document.getElementById("table");
  if (!table) return;
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const body = table.tBodies[0];
  const heads = Array.from(table.tHead.rows[0].cells);
  const search = byId("search"), group = byId("group"), at = byId("at"), back = byId("back"), on = byId("on");

  // One object a student: what its columns say, what they sort by, what a search looks through.
  const students = data.rows.map(([id, name, face, marks, file, level, folder, notebook, groups]) => {
    const status = data.faces[face];
    const said = marks.map((n) => data.marks[n]);
    const time = said.pop();
    const cells = [id, name || "", status[0], ...said.map((mark) => mark[0]), file, time[0], level,
      notebook ? "open" : ""];
    return {
      cells, face: status, groups, notebook: notebook > 0, folder: folder || id, text: cells.join("\n").toLowerCase(),
      keys: [id, name || id, status[0], ...said.map((mark) => mark[1]), file, time[1], level, notebook],
    };
  });
  const numbers = heads.map((_, n) => typeof (students[0] && students[0].keys[n]) === "number");
  let order = students, found = students, part = 0;

  const link = (text, href) => {
    const a = document.createElement("a");
    a.href = href;
    a.textContent = text;
    return a;
  };
  const badge = ([word, symbol, tone]) => {
    const span = document.createElement("span"), mark = document.createElement("span");
    span.className = `badge ${tone}`;
    mark.setAttribute("aria-hidden", "true");
    mark.textContent = symbol;
    span.append(mark, ` ${word}`);
    return span;
  };
  const fileColumn = heads.length - 4;
  const cell = (student, n) => {
    const made = document.createElement(n === 0 ? "th" : "td");
    if (n === 0) {
      made.scope = "row";
      made.append(link(student.cells[0], `./${student.folder}/report.html`));
    } else if (n === 2) made.append(badge(student.face));
    else if (n === heads.length - 1 && student.notebook) made.append(link("open", `./${student.folder}/notebook.html`));
    else made.textContent = student.cells[n];
    if (n === fileColumn) made.className = "path";
    else if (numbers[n] && n < heads.length - 1) made.className = "num";
    return made;
  };
  const show = () => {
    const first = part * PART, shown = found.slice(first, first + PART);
    body.replaceChildren(...shown.map((student) => {
      const row = document.createElement("tr");
      row.append(...heads.map((_, n) => cell(student, n)));
      return row;
    }));
    const parts = Math.max(1, Math.ceil(found.length / PART));
    if (at.length !== parts) {
      at.replaceChildren(...Array.from({ length: parts }, (_, n) => new Option(`${n + 1} of ${parts}`, n)));
    }
    at.value = part;
    back.disabled = part === 0;
    on.disabled = part === parts - 1;
    byId("pager").hidden = parts === 1;
    const rows = parts === 1 ? "" : `: rows ${(first + 1).toLocaleString("en")} to ${(first + shown.length).toLocaleString("en")}`;
    const all = students.length.toLocaleString("en");
    byId("found").textContent = (found.length === students.length
      ? `${all} shown` : `${found.length.toLocaleString("en")} of ${all} shown`) + rows;
  };
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const only = group.value;
    const fits = only === "" ? () => true
      : only[0] === "s" ? (student) => student.face[0] === data.faces[Number(only.slice(1))][0]
        : (student) => student.groups.includes(Number(only.slice(1)));
    found = order.filter((student) => fits(student) && words.every((word) => student.text.includes(word)));
    part = 0;
    show();
  };
  const collator = new Intl.Collator(undefined, { numeric: true });
  const sort = (column) => {
    const down = heads[column].getAttribute("aria-sort") === "ascending";
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    const sign = down ? -1 : 1;
    const compare = numbers[column] ? (a, b) => a - b : collator.compare;
    order = order.slice().sort((a, b) => sign * compare(a.keys[column], b.keys[column]));
    filter();
  };
  const turn = (to) => {
    part = to;
    show();
    table.scrollIntoView({ block: "start" });
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.replaceChildren(button);
  });
  data.faces.forEach((face, n) => group.append(new Option(face[0], `s${n}`)));
  data.groups.forEach((text, n) => group.append(new Option(text, `g${n}`)));
  search.addEventListener("input", filter);
  group.addEventListener("change", filter);
  at.addEventListener("change", () => turn(Number(at.value)));
  back.addEventListener("click", () => turn(part - 1));
  on.addEventListener("click", () => turn(part + 1));
  document.querySelectorAll(".pick").forEach((button) => button.addEventListener("click", () => {
    group.value = `g${button.dataset.group}`;
    search.value = "";
    filter();
    byId("students").scrollIntoView();
    group.focus({ preventScroll: true });
  }));
  document.querySelectorAll(".scripted").forEach((part) => { part.hidden = false; });
  const further = byId("further");
  if (further) further.hidden = true;
  filter();
})();
