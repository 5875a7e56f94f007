// The preview's look: one constructed sheet, so that no policy of the site has to allow it.

export const style = `
:host { all: initial !important; position: fixed !important; inset: 0 !important; width: auto !important; height: auto !important; border: 0 !important; padding: 0 !important; margin: 0 !important; background: none !important; z-index: 2147483647 !important }
:host(.through) { pointer-events: none !important }
* { box-sizing: border-box; margin: 0 }
[hidden] { display: none !important }
.all { --paper: #fff; --ground: #eceeee; --ink: #14201f; --quiet: #4d5a59; --line: #c3cccb; --hover: #0f1f1f0d; --on: #0b6b6f; --on-ink: #fff; --ring: #0b7a80; --blocked: #b3261e; --masked: #7d5200; --shown: #0e6e3e;
  color-scheme: light; position: absolute; inset: 0; display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) 340px; background: var(--ground); color: var(--ink); font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; text-align: left }
header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; padding: 8px 8px 8px 16px; border-bottom: 1px solid var(--line); background: var(--paper); pointer-events: auto }
h1 { flex: 1 1 auto; font-size: 15px; font-weight: 600 }
.group { display: flex; border: 1px solid var(--line); border-radius: 10px; overflow: clip }
button { min-height: 36px; padding: 4px 12px; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; text-align: left }
button:hover { background: var(--hover) }
button[aria-pressed=true] { background: var(--on); color: var(--on-ink) }
button:focus-visible { outline: 3px solid var(--ring); outline-offset: -3px }
button:disabled { opacity: .55; cursor: default }
.close { border: 1px solid var(--line); border-radius: 10px; font-weight: 600 }
.place { position: relative; overflow: hidden }
.through .all, .through .place { background: none }
.place iframe { position: absolute; left: 0; top: 0; border: 0; background: #fff; transform-origin: 0 0; pointer-events: none }
.through iframe { visibility: hidden }
aside { display: flex; flex-direction: column; overflow: auto; border-left: 1px solid var(--line); background: var(--paper); pointer-events: auto }
.counts { display: flex; gap: 8px; padding: 12px 16px; border-bottom: 1px solid var(--line) }
.counts div { flex: 1 }
.counts b { display: block; font-size: 22px; line-height: 1.2; font-variant-numeric: tabular-nums }
h2 { padding: 12px 16px 4px; font-size: 13px; font-weight: 600 }
.blocked { color: var(--blocked) } .masked { color: var(--masked) } .shown { color: var(--shown) }
ul { list-style: none; padding: 0 }
li button { display: flex; gap: 12px; width: 100%; padding: 6px 16px }
li button span { flex: 1; min-width: 0; overflow-wrap: anywhere }
li button i { font-style: normal; color: var(--quiet); font-variant-numeric: tabular-nums }
li button[aria-pressed=true] i { color: inherit }
p { padding: 12px 16px; color: var(--quiet); font-size: 13px }
.marks { position: absolute; inset: 0; overflow: hidden; pointer-events: none }
.inside div { position: absolute; border: 2px solid; border-radius: 3px; background: color-mix(in srgb, currentcolor 16%, transparent) }
.inside { position: absolute; left: 0; top: 0; transform-origin: 0 0 }
@media (prefers-color-scheme: dark) { .all { color-scheme: dark; --paper: #181e1d; --ground: #0c100f; --ink: #e8eeed; --quiet: #aab6b4; --line: #3c4846; --hover: #e6f5f317; --on: #4fc6c1; --on-ink: #06201f; --ring: #4fc6c1; --blocked: #f2766d; --masked: #e0b04a; --shown: #58c78a } }
@media (max-width: 720px) {
  .all { grid-template: auto minmax(0, 1fr) minmax(0, 45%) / minmax(0, 1fr) }
  aside { border-left: 0; border-top: 1px solid var(--line) }
  .close { order: -1 }
  h1 { order: -2; flex: 1 0 60% }
  header { padding-left: 12px }
}
`;
