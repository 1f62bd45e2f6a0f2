// The review page: remarks are kept as they are typed, keys move between lines. Everything works without it.
const form = document.querySelector("[data-review]");

function status(text) {
  const line = document.getElementById("status");
  if (line) line.textContent = text;
}

function problem(text) {
  const box = document.getElementById("problem");
  if (!box) return;
  box.textContent = text;
  box.hidden = !text;
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

async function keep(area) {
  const seen = form.elements[area.name.replace("remark.", "seen.")];
  if (!seen || seen.value === area.value.trim()) return;
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set(area.name, area.value);
  body.set(seen.name, seen.value);
  try {
    const answer = await fetch(form.dataset.remarks, { method: "POST", body, headers: { Accept: "application/json" } });
    const data = await answer.json();
    if (answer.ok) {
      seen.value = area.value.split(/\s+/).filter(Boolean).join(" ");
      area.closest(".review-remark").classList.toggle("review-kept", Boolean(seen.value));
      status(`意见已保存 ${data.at}`);
      problem("");
      count();
    } else {
      problem(data.theirs ? `${data.problem}现在的意见是：${data.theirs}` : data.problem);
    }
  } catch {
    problem("意见暂时没有保存，内容仍在本页。请稍后点「保存意见」。");
  }
}

function count() {
  const button = form.querySelector("[data-return]");
  if (!button) return;
  const written = [...form.querySelectorAll("[data-remark]")].filter((one) => one.name !== "remark.." && one.value.trim());
  button.textContent = written.length ? `退回 ${written.length} 处` : "退回补正";
}

if (form) {
  const areas = [...form.querySelectorAll("[data-remark]")];
  let last = areas.find((one) => one.id === "remark-general");
  areas.forEach((area) => {
    if (area.value) grow(area);
    area.addEventListener("focus", () => { last = area; });
    area.addEventListener("input", () => { grow(area); count(); });
    area.addEventListener("change", () => keep(area));
    const box = area.closest("details");
    if (box) box.addEventListener("toggle", () => { if (box.open && !area.value) area.focus(); });
  });
  form.querySelectorAll("[data-phrase]").forEach((button) => button.addEventListener("click", () => {
    if (!last) return;
    last.value = [last.value.trim(), button.textContent.trim()].filter(Boolean).join(" ");
    grow(last);
    last.focus();
    keep(last);
    count();
  }));
  count();

  const rows = [...form.querySelectorAll(".review-row[id]")];
  const marked = rows.filter((row) => "marked" in row.dataset);
  let current = null;
  const go = (step) => {
    const walk = marked.length ? marked : rows;
    const at = walk.indexOf(current);
    const next = walk[at < 0 ? (step > 0 ? 0 : walk.length - 1) : at + step];
    if (!next) return;
    if (current) current.classList.remove("is-current");
    current = next;
    current.classList.add("is-current");
    current.scrollIntoView({ block: "center" });
  };
  const write = (row) => {
    const area = row?.querySelector("textarea");
    if (!area) return;
    const box = area.closest("details");
    if (box) box.open = true;
    area.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && typing) { typing.blur(); return; }
    if (typing) return;
    const act = {
      j: () => go(1),
      k: () => go(-1),
      c: () => write(current || rows[0]),
      a: () => form.querySelector("[data-approve]")?.focus(),
      r: () => form.querySelector("[data-return]")?.focus(),
      "]": () => document.querySelector("[data-next]")?.click(),
      "[": () => document.querySelector("[data-previous]")?.click(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
