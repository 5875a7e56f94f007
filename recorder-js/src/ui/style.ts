// The bar's look: one constructed sheet, so that no policy of the site has to allow it.

export const style = `
:host { all: initial; position: fixed; inset: auto auto 16px 16px; margin: 0; padding: 0; border: 0; background: none; overflow: visible; z-index: 2147483647; color-scheme: light dark }
:host(.moved) { bottom: auto }
* { box-sizing: border-box }
.bar { --ground: #fff; --ink: #16202b; --quiet: #566371; --line: #d4dae1; --red: #b3261e; --go: #0b7a4b;
  display: flex; align-items: center; gap: 10px; max-width: min(560px, calc(100vw - 32px)); padding: 8px 8px 8px 6px; border: 1px solid var(--line); border-radius: 12px;
  background: var(--ground); color: var(--ink); font: 14px/1.35 system-ui, "Segoe UI", Roboto, sans-serif; box-shadow: 0 6px 24px rgb(10 20 30 / .18) }
.grip { flex: none; width: 20px; height: 32px; border: 0; padding: 0; background: radial-gradient(circle, currentColor 1.2px, transparent 1.6px) 0 0 / 7px 8px; color: var(--quiet); cursor: grab; border-radius: 6px; touch-action: none }
.dot { flex: none; width: 10px; height: 10px; border-radius: 50%; background: var(--quiet) }
.live .dot { background: var(--red); animation: breathe 2.4s ease-in-out infinite }
.paused .dot { background: #b26a00 }
.words { flex: 1; min-width: 0 }
.words b { display: block; font-weight: 600; overflow-wrap: anywhere }
.words span { display: block; color: var(--quiet); font-size: 12px }
button { font: inherit; font-weight: 600; color: inherit; cursor: pointer }
.act { flex: none; min-height: 32px; padding: 4px 12px; border-radius: 8px; border: 1px solid var(--line); background: transparent }
.act:hover { background: rgb(128 140 150 / .14) }
.stop { background: var(--red); border-color: var(--red); color: #fff }
.stop:hover { background: #8f1d17 }
button:focus-visible { outline: 3px solid #1a73e8; outline-offset: 2px }
[hidden] { display: none }
@keyframes breathe { 50% { opacity: .35 } }
@media (prefers-reduced-motion: reduce) { .dot { animation: none } }
@media (prefers-color-scheme: dark) { .bar { --ground: #1b222a; --ink: #eef2f6; --quiet: #a4b0bc; --line: #3a4651; --red: #c9382f } }
@media (max-width: 480px) { .bar { flex-wrap: wrap } .words { flex-basis: calc(100% - 60px) } .act { flex: 1 } }
`;
