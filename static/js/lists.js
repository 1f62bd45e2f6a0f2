// Lists: filters answer at once when a choice changes; a box in the head chooses every row of the page.

const form = document.getElementById("filters");
if (form) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  });
}

function addChooseAll(root) {
  const head = root.querySelector("thead .pick");
  if (!head || head.querySelector("input")) return;
  const box = document.createElement("input");
  box.type = "checkbox";
  box.className = "check";
  box.setAttribute("aria-label", "选择本页全部");
  box.addEventListener("change", () => {
    for (const one of root.querySelectorAll("tbody input[name=pk]")) one.checked = box.checked;
    count();
  });
  head.append(box);
}

function count() {
  const words = document.querySelector(".bulk-words");
  if (!words) return;
  const chosen = document.querySelectorAll("tbody input[name=pk]:checked").length;
  words.textContent = chosen ? `已选 ${chosen} 条：` : "对勾选的记录：";
}

document.addEventListener("change", (event) => {
  if (event.target.matches("tbody input[name=pk]")) count();
});
document.addEventListener("htmx:afterSettle", () => addChooseAll(document));
addChooseAll(document);
