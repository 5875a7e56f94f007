// The bar's look: one constructed sheet, so that no policy of the site has to allow it. The host's own properties are important,
// which inside a shadow root wins over whatever the site says. What moves for long is opacity alone: anything else would have the page
// painted anew for every frame.

export const style = `
:host { all: initial !important; display: block !important; position: fixed !important; inset: 0 auto auto 0 !important; width: 0 !important; height: 0 !important; overflow: visible !important; z-index: 2147483647 !important }
* { box-sizing: border-box; margin: 0 }
[hidden] { display: none !important }
.bar { --paper: #fff; --ink: #14201f; --quiet: #4d5a59; --line: #c3cccb; --hover: #0f1f1f0d; --red: #b3261e; --redder: #98201a; --on-red: #fff; --mark: #647170; --teal: #0b6b6f; --ring: #0b7a80;
  color-scheme: light; position: fixed; left: 16px; bottom: 16px; display: flex; align-items: center; gap: 12px; width: max-content; max-width: min(600px, calc(100vw - 32px));
  padding: 10px 10px 10px 6px; border: 1px solid var(--line); border-radius: 14px; background: var(--paper); color: var(--ink); text-align: left;
  font: 14px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; box-shadow: 0 1px 2px #0f1f1f1f, 0 10px 32px #0f1f1f2e; animation: come .24s cubic-bezier(.2, 0, 0, 1) }
.grip { flex: none; display: grid; place-items: center; align-self: stretch; width: 24px; min-height: 36px; padding: 0; border: 0; border-radius: 8px; background: none; cursor: grab; touch-action: none }
.grip::before { content: ""; width: 14px; height: 24px; background: radial-gradient(circle, var(--mark) 1.3px, transparent 1.7px) 0 0 / 7px 8px }
.grip:active { cursor: grabbing }
.dot { flex: none; width: 10px; height: 10px; border-radius: 50%; background: var(--mark); outline: 4px solid transparent }
.live .dot { background: var(--teal) }
.live .dot::before { content: ""; display: block; width: 18px; height: 18px; margin: -4px; border: 4px solid color-mix(in srgb, var(--teal) 22%, transparent); border-radius: 50%; animation: breathe 2.4s ease-in-out infinite }
.paused .dot { border-radius: 2px; background: linear-gradient(90deg, var(--mark) 35%, transparent 35% 65%, var(--mark) 65%) }
.side { flex: 1 1 auto; min-width: 0 }
.link { min-height: 24px; padding: 0; border: 0; border-radius: 4px; background: none; color: var(--quiet); font: inherit; font-size: 13px; text-decoration: underline; cursor: pointer }
.link:hover { color: var(--ink) }
b { display: block; font-weight: 600; overflow-wrap: anywhere }
span { display: block; color: var(--quiet); font-size: 13px }
.digits { margin: 2px 0; font: 600 28px/1.3 ui-monospace, "SF Mono", Menlo, Consolas, monospace; letter-spacing: .08em; color: var(--ink); user-select: all }
.acts { flex: none; display: flex; gap: 8px }
.act { min-height: 40px; padding: 6px 14px; border-radius: 10px; border: 1px solid var(--line); background: none; color: inherit; font: inherit; font-weight: 600; white-space: nowrap; cursor: pointer }
.act:hover { background: var(--hover) }
.act.stop { border-color: var(--red); background: var(--red); color: var(--on-red) }
.act.stop:hover { border-color: var(--redder); background: var(--redder) }
.act.same { border-color: var(--teal); background: var(--teal); color: var(--paper) }
.act:disabled { opacity: .55; cursor: default }
button:focus-visible { outline: 3px solid var(--ring); outline-offset: 2px }
@keyframes breathe { 50% { opacity: 0 } }
@keyframes come { from { opacity: 0; transform: translateY(8px) } }
@media (prefers-reduced-motion: reduce) { .bar, .live .dot::before { animation: none } }
@media (prefers-color-scheme: dark) { .bar { color-scheme: dark; --paper: #1f2625; --ink: #e8eeed; --quiet: #aab6b4; --line: #465351; --hover: #e6f5f317; --red: #f2766d; --redder: #f58f87; --on-red: #2b0906; --mark: #93a19f; --teal: #4fc6c1; --ring: #4fc6c1; box-shadow: 0 1px 2px #0008, 0 12px 36px #000b } }
@media (forced-colors: active) { .dot { forced-color-adjust: none } }
@media (max-width: 480px) {
  .bar { left: 8px; right: 8px; bottom: 8px; width: auto; max-width: none; flex-wrap: wrap; row-gap: 10px; padding: 10px }
  .bar.moved { right: auto; width: calc(100vw - 16px) }
  .side { flex-basis: calc(100% - 70px) }
  .acts { flex-basis: 100% }
  .act { flex: 1; min-height: 44px }
}
@media print { .bar { display: none } }
`;
