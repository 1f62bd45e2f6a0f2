// A filing's pages. Saving by itself is the form's own POST with action=autosave; nothing here is needed to do the task.

const form = document.querySelector("form[data-autosave]");
// `form.action` would be the button of that name.
const where = form ? form.getAttribute("action") : "";
const saveState = document.getElementById("save-state");
const saveProblem = document.getElementById("save-problem");
const EVERY_MS = 10_000;
const RETRY_MS = 5_000;
let dirty = Boolean(form && form.hasAttribute("data-dirty"));
let edits = dirty ? 1 : 0;
let saving = null;
let isStopped = false;
let isLeaving = false;

function say(text) {
  if (saveState && saveState.textContent !== text) saveState.textContent = text;
}

function warn(text, link) {
  saveProblem.replaceChildren(text);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.url;
    anchor.textContent = link.label;
    saveProblem.append(" ", anchor);
  }
  saveProblem.hidden = false;
}

function body(action) {
  const data = new FormData(form);
  for (const name of [...data.keys()]) {
    // A pasted column is filled in when a button is pressed, not while it is being typed.
    if (name.startsWith("file-") || name.startsWith("paste-") || name === "action") data.delete(name);
  }
  data.set("action", action);
  return new URLSearchParams(data);
}

async function save() {
  if (saving || isStopped || !dirty) return saving;
  const sent = edits;
  say("正在保存…");
  saving = send(sent).finally(() => {
    saving = null;
  });
  return saving;
}

async function send(sent) {
  let response;
  try {
    response = await fetch(where, { method: "POST", body: body("autosave"), headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
  } catch {
    return again();
  }
  let answer = null;
  try {
    answer = await response.json();
  } catch {
    return response.status === 403 ? expired() : again();
  }
  if (response.ok) return saved(answer, sent);
  if (response.status === 401) {
    isStopped = true;
    say("登录已过期");
    const text = answer.is_kept ? "登录已过期，您填写的内容已保存在服务器。请重新登录后继续。" : "登录已过期，内容仍在本页。请先复制较长的文字，再重新登录。";
    dirty = !answer.is_kept;
    return warn(text, { url: answer.sign_in, label: "重新登录" });
  }
  if (answer.conflict) {
    isStopped = true;
    say("没有自动保存");
    warn(`${answer.conflict}内容仍在本页，点「保存并继续」对照两份并选择。`);
    return undefined;
  }
  if (answer.closed) {
    isStopped = true;
    say("没有保存");
    warn(answer.closed.replace("列在下面", "仍在本页"));
    return undefined;
  }
  return again();
}

function again() {
  say("保存失败，正在重试（内容仍在本页）");
  window.setTimeout(save, RETRY_MS);
}

function expired() {
  isStopped = true;
  say("没有自动保存");
  warn("您已在别的窗口重新登录，本页没有自动保存，内容仍在本页。请在新窗口打开本页核对后补填。", { url: where, label: "打开本页" });
}

function saved(answer, sent) {
  form.elements.version.value = answer.version;
  if (edits === sent) dirty = false;
  if (answer.saved_at) say(`✓ 已自动保存 ${answer.saved_at}`);
  else say("");
  saveProblem.hidden = true;
  for (const [code, told] of Object.entries(answer.fields)) {
    const box = document.querySelector(`[data-field="${code}"]`);
    if (!box) continue;
    const change = box.querySelector("[data-change]");
    if (change) change.textContent = told.change;
    const reason = document.getElementById(`f-${code}-reason-box`);
    if (reason) {
      const typed = reason.querySelector("input");
      reason.hidden = !told.reason && !typed.value;
      if (told.reason) reason.querySelector("[data-reason-text]").textContent = told.reason;
    }
  }
}

// Fields that another answer asks for: the same conditions that the server goes by.
function valueOf(code) {
  const inputs = form.querySelectorAll(`[name="${CSS.escape(code)}"]`);
  const found = [];
  for (const one of inputs) {
    if (one.type === "radio" || one.type === "checkbox") {
      if (one.checked) found.push(one.value);
    } else if (one.value.trim()) {
      found.push(one.value.trim());
    }
  }
  return { found, isHere: inputs.length > 0 };
}

function holds(condition) {
  const { found, isHere } = valueOf(condition.field);
  if (!isHere) return null;
  const wanted = Array.isArray(condition.value) ? condition.value : [condition.value];
  const number = Number((found[0] || "").replace(/[,，\s]/g, ""));
  switch (condition.operator) {
    case "filled": return found.length > 0;
    case "blank": return found.length === 0;
    case "is":
    case "in": return found.some((one) => wanted.includes(one));
    case "is_not": return found.length > 0 && !found.some((one) => wanted.includes(one));
    case "=": return found.length > 0 && number === Number(wanted[0]);
    case "<=": return found.length > 0 && number <= Number(wanted[0]);
    case "<": return found.length > 0 && number < Number(wanted[0]);
    case ">=": return found.length > 0 && number >= Number(wanted[0]);
    case ">": return found.length > 0 && number > Number(wanted[0]);
    default: return null;
  }
}

function showAndHide() {
  for (const box of form.querySelectorAll("[data-shown-when]")) {
    const answers = JSON.parse(box.dataset.shownWhen).map(holds);
    // A condition on another page is the server's to judge.
    if (answers.includes(null)) continue;
    box.hidden = answers.includes(false);
  }
  for (const group of form.querySelectorAll(".group")) {
    const boxes = [...group.querySelectorAll(".field, .grid")];
    if (boxes.length) group.hidden = boxes.every((one) => one.hidden);
  }
}

function addRow(button) {
  const table = button.closest("fieldset").querySelector("table.rows");
  const count = button.closest("fieldset").querySelector("[data-count]");
  const rows = table.querySelectorAll("[data-row]");
  if (rows.length >= Number(button.dataset.addRow)) return;
  const last = rows[rows.length - 1];
  const fresh = last.cloneNode(true);
  for (const input of fresh.querySelectorAll("input, select")) {
    input.name = input.name.replace(/-\d+-/, `-${rows.length}-`);
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, String(rows.length + 1)));
    input.value = "";
  }
  last.after(fresh);
  count.value = String(rows.length + 1);
  fresh.querySelector("input, select").focus();
}

if (form) {
  const touched = () => {
    dirty = true;
    edits += 1;
  };
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    touched();
    showAndHide();
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") return;
    touched();
    showAndHide();
    save();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (!button) return;
    event.preventDefault();
    addRow(button);
  });
  // The button's own POST carries everything: what is being saved must have come back first, for its version.
  form.addEventListener("submit", (event) => {
    if (isLeaving) {
      event.preventDefault();
      return;
    }
    if (saving) {
      event.preventDefault();
      const button = event.submitter;
      saving.finally(() => form.requestSubmit(button));
      return;
    }
    isLeaving = true;
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      save();
    }
  });
  window.setInterval(save, EVERY_MS);
  const leave = () => {
    if (dirty && !isLeaving && !isStopped && !saving) navigator.sendBeacon(where, body("autosave"));
  };
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  // A page fetched back by the back button may be older than what was saved since.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
  // A column copied from a spreadsheet fills the column of the statement from the cell on.
  form.addEventListener("paste", (event) => {
    const input = event.target.closest(".grid:not(.rows) td input");
    const text = event.clipboardData ? event.clipboardData.getData("text/plain").replace(/\r?\n$/, "") : "";
    if (!input || !/[\n\t]/.test(text)) return;
    event.preventDefault();
    const first = input.closest("tr");
    const place = input.closest("td").cellIndex;
    let row = first;
    for (const line of text.split(/\r?\n/)) {
      if (!row) break;
      line.split("\t").forEach((value, offset) => {
        const cell = row.cells[place + offset];
        const target = cell && cell.querySelector("input[name]:not([name^='reason-'])");
        if (target) target.value = value.trim();
      });
      row = row.nextElementSibling;
    }
    touched();
    save();
  });
  showAndHide();
  const aimed = window.location.hash && document.getElementById(window.location.hash.slice(1));
  if (aimed && !document.getElementById("error-summary")) {
    const folded = aimed.closest("details");
    if (folded) folded.open = true;
    aimed.focus();
  }
  if (dirty) save();
}

// Links of the summary lead into folded parts too.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a[href*='#f-']");
  if (!link) return;
  const target = document.getElementById(link.hash.slice(1));
  const folded = target && target.closest("details");
  if (folded) folded.open = true;
  if (target) {
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: "center" });
  }
});

// Files go by themselves as soon as they are chosen, with progress; the typed text stays where it is.
const BIGGEST = 20 * 1024 * 1024;

document.addEventListener("change", (event) => {
  const input = event.target.closest("[data-upload]");
  if (input && input.files.length) upload(input);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-files] button[value^='remove-file:']");
  if (!button) return;
  event.preventDefault();
  const owner = button.form;
  const data = owner === form ? body(button.value) : new URLSearchParams([["csrfmiddlewaretoken", owner.elements.csrfmiddlewaretoken.value]]);
  data.set("action", button.value);
  post(owner, button.closest("[data-files]").dataset.files, data, null);
});

async function upload(input) {
  const owner = input.form;
  const box = input.closest("[data-files]");
  const line = box.querySelector("[data-progress]");
  const tooBig = [...input.files].find((one) => one.size > BIGGEST);
  if (tooBig) {
    line.textContent = `文件 ${Math.round(tooBig.size / 1024 / 1024)} MB，超过 20 MB 上限。可用手机扫描为「标准」清晰度，或分成两个文件。`;
    line.classList.add("field-error");
    input.value = "";
    return;
  }
  line.classList.remove("field-error");
  if (owner === form) await save();
  const data = new FormData(owner);
  for (const name of [...data.keys()]) {
    if (name.startsWith("file-") && name !== input.name) data.delete(name);
  }
  data.set("action", owner === form ? `upload:${input.dataset.upload}` : "upload");
  await post(owner, box.dataset.files, data, line);
}

function post(owner, name, data, line) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", document.querySelector(`[data-files="${name}"]`).dataset.action || owner.getAttribute("action"));
    request.setRequestHeader("X-Requested-With", "fetch");
    request.responseType = "json";
    if (line) {
      line.textContent = "正在上传…";
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) line.textContent = `正在上传 ${Math.round((event.loaded / event.total) * 100)}%`;
      });
    }
    const failed = (text) => {
      if (line) {
        line.textContent = text;
        line.classList.add("field-error");
      }
      done();
    };
    for (const cut of ["error", "abort", "timeout"]) {
      request.addEventListener(cut, () => failed("网络中断，文件没有传完，没有保存。请确认网络后重新选择文件。"));
    }
    request.addEventListener("load", () => {
      const answer = request.response;
      if (!answer || !answer.html) {
        const why = answer && (answer.conflict || answer.closed);
        if (request.status === 400) return void failed("网络中断，文件没有传完，没有保存。请确认网络后重新选择文件。");
        failed(why || (request.status === 401 ? "登录已过期，文件没有保存。请重新登录后上传。" : "文件没有保存。请稍后重新选择文件；仍不成功时电话咨询。"));
        return;
      }
      replace(name, answer);
      done();
    });
    request.send(data);
  });
}

function replace(name, answer) {
  const page = new DOMParser().parseFromString(answer.html, "text/html");
  const old = document.querySelector(`[data-files="${name}"]`);
  const fresh = page.querySelector(`[data-files="${name}"]`);
  if (old && fresh) old.replaceWith(fresh);
  if (form && answer.version) form.elements.version.value = answer.version;
  const input = document.querySelector(`[data-files="${name}"] input[type=file]`);
  if (input) input.focus();
}
