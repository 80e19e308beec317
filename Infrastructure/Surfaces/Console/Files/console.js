// What pages cannot do without a script: copying, the reader's time zone at the first visit, live updates, and some
// comfort.
"use strict";

// Copying
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  document.addEventListener("click", async event => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}

// The service writes times in the zone that this cookie names; at the first visit it does not know it yet.
if (!/(?:^|; )workspaces_zone=/.test(document.cookie)) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) {
    document.cookie = `workspaces_zone=${encodeURIComponent(zone)}; path=/console; max-age=31536000; samesite=strict`;
    const format = new Intl.DateTimeFormat("en-GB", {
      day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: zone });
    for (const time of document.querySelectorAll("time")) time.textContent = format.format(new Date(time.dateTime));
    for (const name of document.querySelectorAll("[data-zone]")) name.textContent = zone;
  }
}

// An open menu closes with Escape and with a click elsewhere.
document.addEventListener("click", event => {
  for (const menu of document.querySelectorAll("details.account[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", event => {
  const menu = event.key === "Escape" && document.querySelector("details.account[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// On a small screen places and tabs are strips that scroll: the one that is shown stands in sight.
for (const here of document.querySelectorAll("nav [aria-current]")) {
  const strip = here.closest("ul");
  const [place, frame] = [here.getBoundingClientRect(), strip.getBoundingClientRect()];
  strip.scrollLeft += place.left - frame.left - (frame.width - place.width) / 2;
}

// Live updates: the service sends rows of the table as HTML, each of which it wrote itself.
for (const table of document.querySelectorAll("[data-live]")) {
  const body = table.querySelector("tbody");
  const state = document.querySelector("[data-live-state]");
  const stream = new EventSource(table.dataset.live);
  stream.addEventListener("open", () => { if (state) state.hidden = false; });
  stream.addEventListener("error", () => { if (state) state.hidden = true; });
  stream.addEventListener("row", event => {
    const row = new DOMParser().parseFromString(`<table><tbody>${event.data}</tbody></table>`, "text/html").querySelector("tr");
    if (!row || (row.id && document.getElementById(row.id))) return;
    row.classList.add("new");
    body.prepend(row);
    while (body.rows.length > 200) body.rows[body.rows.length - 1].remove();
    for (const button of row.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  });
}
