// Forms: a second click does not send twice; a date field gets the picker of the browser beside it.

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

for (const input of document.querySelectorAll("input[data-date]")) {
  const native = document.createElement("input");
  if (!("showPicker" in native)) continue;
  native.type = "date";
  native.className = "date-native";
  native.tabIndex = -1;
  native.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary";
  button.textContent = "选日期";
  button.addEventListener("click", () => {
    if (/^\d{4}-\d{2}-\d{2}$/.test(input.value)) native.value = input.value;
    native.showPicker();
  });
  native.addEventListener("change", () => {
    input.value = native.value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
  const box = document.createElement("div");
  box.className = "date-box";
  input.replaceWith(box);
  box.append(input, button, native);
}

// A long group of boxes to tick: all or none of them at once.
const MANY = 12;
for (const group of document.querySelectorAll("fieldset")) {
  const boxes = [...group.querySelectorAll("input[type=checkbox]")];
  if (boxes.length <= MANY) continue;
  const row = document.createElement("p");
  row.className = "actions";
  for (const [label, checked] of [["全选", true], ["全不选", false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-secondary";
    button.textContent = label;
    button.addEventListener("click", () => {
      for (const box of boxes) box.checked = checked;
    });
    row.append(button, " ");
  }
  boxes[0].closest(".check-row").parentElement.before(row);
}
