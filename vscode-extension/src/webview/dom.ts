/** Small helpers for both views: elements without HTML strings, a tooltip, arrow-key movement, and the host's messages. */
import type { FromWebview } from "../protocol";

declare function acquireVsCodeApi(): { postMessage(message: FromWebview): void; getState(): unknown; setState(state: unknown): void };

const api = acquireVsCodeApi();

export const post = (message: FromWebview): void => api.postMessage(message);

type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;
type Child = Node | string | null | undefined | false;

export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value as unknown as EventListener);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

export function root(): HTMLElement {
  const found = document.getElementById("root");
  if (!found) throw new Error("the page has no root");
  return found;
}

/** Shows lines of text beside the pointer or the focused element. */
export function tooltip(target: Element, lines: () => string[]): void {
  const tip = document.getElementById("tip");
  if (!tip) return;
  const show = (x: number, y: number): void => {
    tip.replaceChildren(...lines().map((line, i) => el("div", { class: i === 0 ? "tip-head" : "" }, line)));
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(x + 12, innerWidth - width - 6))}px`;
    tip.style.top = `${y + 16 + height < innerHeight ? y + 16 : Math.max(4, y - height - 8)}px`;
  };
  const hide = (): void => { tip.hidden = true; };
  target.addEventListener("pointermove", (event) => show((event as PointerEvent).clientX, (event as PointerEvent).clientY));
  target.addEventListener("pointerleave", hide);
  target.addEventListener("focus", () => {
    const box = target.getBoundingClientRect();
    if (target.matches(":focus-visible")) show(box.left + Math.min(box.width, 40), box.top + Math.min(box.height, 24));
  });
  target.addEventListener("blur", hide);
}

/** One tab stop for all items; arrow keys, Home and End move between them; Enter and Space act. */
export function roving(items: { element: HTMLElement | SVGElement; act: (focus: boolean) => void }[]): void {
  items.forEach(({ element, act }, index) => {
    element.setAttribute("tabindex", index === 0 ? "0" : "-1");
    const go = (to: number): void => {
      const next = items[(to + items.length) % items.length];
      if (!next) return;
      element.setAttribute("tabindex", "-1");
      next.element.setAttribute("tabindex", "0");
      next.element.focus();
      next.element.scrollIntoView({ block: "nearest", inline: "nearest" });
    };
    element.addEventListener("click", () => act(false));
    element.addEventListener("keydown", (event) => {
      switch ((event as KeyboardEvent).key) {
        case "ArrowRight": case "ArrowDown": go(index + 1); break;
        case "ArrowLeft": case "ArrowUp": go(index - 1); break;
        case "Home": go(0); break;
        case "End": go(items.length - 1); break;
        case "Enter": act(true); break;
        case " ": act(false); break;
        default: return;
      }
      event.preventDefault();
    });
  });
}

const PALETTE = ["orange", "green", "purple", "yellow", "blue", "red"];

/** A theme colour per allocator, in order of appearance. */
export function allocatorColors(names: Iterable<string>): (name: string) => string {
  const order = [...new Set(names)];
  return (name) => {
    const index = order.indexOf(name);
    return `var(--vscode-charts-${PALETTE[(index < 0 ? 0 : index) % PALETTE.length] ?? "orange"})`;
  };
}

export function empty(reason: string, hint: string, action?: { label: string; act: () => void }): HTMLElement {
  return el("div", { class: "empty" }, el("h2", {}, reason), el("p", {}, hint), action ? el("button", { click: () => action.act() }, action.label) : null);
}
