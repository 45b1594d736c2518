// The desk's one script. Every page works without it; it adds keys, progress, selection and the notice before
// signing out. It asks nothing of anybody but the desk itself.
"use strict";

const body = document.body;
const root = body.dataset.root;

// What went wrong is read first.
document.getElementById("faults")?.focus();

// Single keys, outside fields only (WCAG 2.1.4: the settings switch them off).
document.addEventListener("keydown", (event) => {
  if (body.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.isComposing || event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "?") { event.preventDefault(); location.assign(`${root}/keys`); return; }
  if (event.key === "j" || event.key === "k") {
    const links = [...document.querySelectorAll(".list a, .two .value[tabindex]")];
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const to = event.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
    event.preventDefault();
    links[to].focus();
    return;
  }
  if (!/^[a-z]$/.test(event.key)) return;
  const target = document.querySelector(`main [data-key="${event.key}"]`);
  if (target && !busy) { event.preventDefault(); target.click(); }
});

// A form is sent once, however often its button is pressed.
let busy = false;
document.addEventListener("submit", (event) => {
  if (busy) { event.preventDefault(); return; }
  busy = true;
});
addEventListener("pageshow", () => { busy = false; });

// Progress: the state is asked for each second, until the work has ended or nobody looks.
const work = document.getElementById("work");
if (work && work.querySelector("[data-state=queued], [data-state=running]")) {
  const ask = async () => {
    if (document.hidden) { setTimeout(ask, 1000); return; }
    try {
      const answer = await fetch(work.dataset.fragment, { headers: { accept: "text/html" } });
      if (!answer.ok) { location.reload(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector("[data-state]");
      if (now.dataset.state === "done") { location.assign(work.dataset.next); return; }
      if (!["queued", "running"].includes(now.dataset.state)) { location.reload(); return; }
      work.replaceChildren(now);
    } catch { /* the desk is busy, or has ended: asked again */ }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 500);
}

// What is selected in a text of the export goes into the field below: the text and where it stands, no offsets.
const hide = document.getElementById("f-text");
document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  if (!hide || selection.isCollapsed || !selection.rangeCount) return;
  const start = selection.anchorNode?.parentElement?.closest("[data-value]");
  const end = selection.focusNode?.parentElement?.closest("[data-value]");
  if (!start || start !== end) return;
  hide.value = selection.toString();
  document.getElementById("f-value").value = start.dataset.value;
});

// Before signing out there is a notice, and a button to stay.
if (body.dataset.idle) {
  const notice = document.getElementById("idle");
  const minutes = Number(body.dataset.idle);
  let timer;
  const wait = () => {
    clearTimeout(timer);
    notice.hidden = true;
    timer = setTimeout(() => { notice.hidden = false; document.getElementById("stay").focus(); }, Math.max(minutes - 2, 1) * 60000);
  };
  document.getElementById("stay").addEventListener("click", async () => {
    const answer = await fetch(`${root}/stay`, { method: "POST" });
    if (answer.ok) { wait(); document.getElementById("main").focus(); }
  });
  wait();
}
