// Small helps for every page; nothing here is needed to do a task.

const status = document.getElementById("status");
const problem = document.getElementById("problem");

// Open menus close with Escape and when the focus or a click leaves them.
const menus = "details.who, details.menu, details.nav-narrow, details.parts-narrow";
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll(menus)) {
    if (open.open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  }
});
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(menus)) {
    if (open.open && !open.contains(event.target)) open.open = false;
  }
});

// A page that came back with errors starts at their summary.
const summary = document.getElementById("error-summary");
if (summary) summary.focus();

// "/" goes to the search box unless somebody is typing.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.getElementById("top-search");
  if (box && box.offsetParent !== null) {
    event.preventDefault();
    box.focus();
  }
});

// The one place that listens to htmx: say what came, and say why nothing came.
function showProblem(text) {
  if (!problem) return;
  problem.textContent = text;
  problem.hidden = false;
}
document.addEventListener("htmx:beforeRequest", () => {
  if (problem) problem.hidden = true;
});
document.addEventListener("htmx:afterSettle", () => {
  const fresh = document.querySelector("[data-announce]");
  if (fresh && status) status.textContent = fresh.dataset.announce;
});
document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const parts = ["h1", ".error-cause", ".error-remedy", ".reference"].map((one) => page.querySelector(one));
  const text = parts.filter(Boolean).map((one) => one.textContent.trim()).join("。").replace(/。。/g, "。");
  showProblem(text || "没有取到结果。请刷新本页后再试。");
});
document.addEventListener("htmx:sendError", () => showProblem("网络中断，没有取到结果。请确认网络连接后再试。"));
document.addEventListener("htmx:timeout", () => showProblem("等待时间过长，没有取到结果。请缩小范围后再试。"));
