// In the page that shows a batch of markup, each in a frame of its own: what each of them did.
const [done] = arguments;
const HARMLESS = ["http:", "https:", "mailto:", "tel:"];
const EVENTS = `animationend animationiteration animationstart auxclick beforeinput beforetoggle blur cancel canplay change click
  close contentvisibilityautostatechange contextmenu copy cut dblclick drag dragstart error finish focus focusin future hashchange
  input invalid keydown keypress keyup load loadstart message mousedown mouseenter mousemove mouseout mouseover mouseup paste
  pointerdown pointerenter pointerover reset resize scroll scrollend securitypolicyviolation start submit toggle touchstart
  transitionend volumechange wheel`.split(/\s+/);
const frames = [...document.querySelectorAll("iframe")];

function note(frame, what) {
  if (frame >= 0) (window.told[frame] ??= []).push(what);
}

function address(element) {
  const value = element.getAttribute("href") ?? element.getAttribute("xlink:href") ??
    element.getAttribute("action") ?? element.getAttribute("formaction");
  try { return value === null ? null : new URL(value, element.baseURI).protocol; } catch { return null; }
}

function look(index, page) {
  for (const element of page.querySelectorAll("*")) {
    const names = element.getAttributeNames();
    if (names.some((name) => name.startsWith("on"))) note(index, "handler");
    const protocol = address(element);
    if (protocol !== null && !HARMLESS.includes(protocol)) {
      note(index, "scheme");
      element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }
  }
  const view = page.defaultView;
  if (view.config !== undefined || page.config !== undefined) note(index, "clobbered");
}

function poke(page) {
  for (const target of [page.defaultView, ...page.querySelectorAll("*")])
    for (const type of EVENTS) target.dispatchEvent(new Event(type, { cancelable: true }));
  for (const button of page.querySelectorAll("button, input")) button.click();
}

function moved(frame) {
  try { return frame.contentWindow.location.href !== frame.src; } catch { return true; }
}

frames.forEach((frame, index) => {
  if (moved(frame)) return;
  try { look(index, frame.contentDocument); poke(frame.contentDocument); } catch { note(index, "broken"); }
});
setTimeout(() => {
  frames.forEach((frame, index) => { if (moved(frame)) note(index, "moved"); });
  done(window.told);
}, 300);
