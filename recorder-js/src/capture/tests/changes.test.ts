// One change of each kind, each seen by the receiver as the page has it, without being asked: what the groups send by themselves.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';

let bench: Bench;
let page: Page | undefined;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const BODY = `<style id="st">.a { color: red; } .b { color: blue; } @media screen { .c { top: 0px; } }</style>
<main id="m" class="a"><p id="p">text <b id="b">bold</b> tail</p><ul id="ul"><li id="l1">1</li><li id="l2">2</li><li id="l3">3</li></ul>
<form id="f"><input id="i" name="q" value="start"><input id="c" type="checkbox" checked><input id="r1" type="radio" name="r" checked><input id="r2" type="radio" name="r">
<input id="g" type="range"><input id="pw" type="password"><textarea id="t">default</textarea><select id="s"><option>1<option>2<option>3</select><select id="sm" multiple><option selected>1<option>2<option selected>3</select></form>
<details id="d"><summary>s</summary>more</details><dialog id="dl">talk</dialog><div id="po" popover>pop</div>
<div id="sc" style="height: 50px; overflow: auto"><div style="height: 500px; width: 4000px">tall</div></div>
<svg id="svg" viewBox="0 0 10 10"><circle r="3"></circle></svg><math><mi>x</mi></math><template><b>not told</b></template><noscript>no</noscript><!-- not told --><script>/* not told */</script>
<iframe id="fr"></iframe><iframe id="sd" srcdoc="<!doctype html><p>inner</p><input value=7>"></iframe><video id="v" style="width: 100px; height: 50px; display: block"></video>
<x-host id="h"><template shadowrootmode="open"><style>b { top: 1px; }</style><b>shadow <slot></slot></b><input id="si"></template>light</x-host>
<div id="blk" data-ridealong-block style="height: 40px">secret</div><div id="mk" data-ridealong-mask>masked <i title="tip">text</i></div></main>`;

/** Name → what the page does. */
const CHANGES: Record<string, string> = {
  'a text appended': `p.append('more')`,
  'an element inserted first': `p.prepend(document.createElement('i'))`,
  'a run of siblings inserted': `ul.append(...[4, 5, 6].map((n) => Object.assign(document.createElement('li'), { textContent: n })))`,
  'interleaved siblings': `for (const li of [...ul.children]) li.before(document.createElement('hr'))`,
  'a subtree removed': `p.remove()`,
  'an element moved': `ul.append(l1)`,
  'siblings reversed': `ul.append(l3, l2, l1)`,
  'moved into a new parent': `const x = document.createElement('section'); x.append(ul); m.append(x)`,
  'parent and child exchanged': `m.append(l1); l1.append(ul)`,
  'removed and put back at once': `const x = b; const n = x.nextSibling; x.remove(); p.insertBefore(x, n)`,
  'removed, told, put back': `const x = b; x.remove(); await later(); p.append(x)`,
  'came and went in one task': `const x = document.createElement('u'); p.append(x); x.remove()`,
  'replaced by markup': `p.innerHTML = '<i class="z">new</i> content'`,
  'children replaced': `ul.replaceChildren('only')`,
  'an attribute set': `p.setAttribute('class', 'b')`,
  'an attribute removed': `m.removeAttribute('class')`,
  'an attribute flood': `for (let i = 0; i < 500; i++) p.setAttribute('data-n', 'n' + i)`,
  'a namespaced attribute': `svg.setAttributeNS('http://www.w3.org/XML/1998/namespace', 'xml:lang', 'de')`,
  'an inline style': `p.style.color = 'red'; p.style.setProperty('top', '3px')`,
  'a text changed': `p.firstChild.data = 'other'`,
  'a long text that grows': `p.firstChild.data = 'y'.repeat(500); await later(); p.firstChild.data += 'grown'; await later(); p.firstChild.insertData(100, 'middle')`,
  'a text split and joined': `p.firstChild.splitText(2); await later(); p.normalize()`,
  'a title': `document.title = 'Changed'`,
  'a value set by script': `i.value = 'by script'`,
  'a value by its attribute': `i.setAttribute('value', 'attribute')`,
  'a checkbox set by script': `c.checked = false`,
  'an indeterminate checkbox': `c.indeterminate = true`,
  'a radio of a group': `r2.checked = true`,
  'a range': `g.value = 80`,
  'a text area by its text': `t.textContent = 'other default'`,
  'a select by index': `s.selectedIndex = 2`,
  'a select by option': `sm.options[1].selected = true`,
  'options added': `s.prepend(new Option('0'))`,
  'options removed': `s.options[0].remove()`,
  'a form reset': `i.value = 'x'; c.checked = false; await later(); f.reset()`,
  'a field cloned with its value': `i.value = 'kept'; f.append(i.cloneNode(true))`,
  'a setter that the page took earlier': `early.call(i, 'by an old setter'); p.append('!')`,
  'details opened': `d.open = true`,
  'a dialog shown': `dl.show()`,
  'a modal dialog shown and closed': `dl.showModal(); await later(); dl.close()`,
  'a modal dialog': `dl.showModal()`,
  'a popover shown': `po.showPopover()`,
  'a popover hidden': `po.showPopover(); await later(); po.hidePopover()`,
  'an element scrolled': `sc.scrollTo(30, 60)`,
  'the page scrolled': `m.style.height = '5000px'; scrollTo(0, 700)`,
  'a scrolled element moved': `sc.scrollTo(0, 60); await later(); ul.append(sc)`,
  'a rule inserted': `st.sheet.insertRule('.x { left: 1px; }', 1)`,
  'rules inserted in a flood': `for (let i = 0; i < 300; i++) st.sheet.insertRule('.y' + i + ' { left: 1px; }', i)`,
  'a rule deleted': `st.sheet.deleteRule(0)`,
  'a nested rule inserted': `st.sheet.cssRules[2].insertRule('.n { top: 2px; }', 0)`,
  'a nested rule deleted': `st.sheet.cssRules[2].deleteRule(0)`,
  'a rule’s property set': `st.sheet.cssRules[0].style.color = 'green'`,
  'a rule’s property by call': `st.sheet.cssRules[0].style.setProperty('top', '9px')`,
  'a nested rule’s property': `st.sheet.cssRules[2].cssRules[0].style.top = '7px'`,
  'a property of a rule that was held': `const { style } = st.sheet.cssRules[0]; await later(); style.color = 'pink'; p.append('.')`,
  'a selector changed': `st.sheet.cssRules[0].selectorText = '.changed'`,
  'a rule by the old methods': `st.sheet.addRule('.old', 'top: 1px', 0); st.sheet.removeRule(1)`,
  'a sheet disabled': `st.sheet.disabled = true`,
  'a sheet’s media': `st.sheet.media.mediaText = 'print'`,
  'a style’s text': `st.textContent = '.new { top: 0px; }'`,
  'a style’s text and then a rule': `st.textContent = '.new { top: 0px; }'; st.sheet.insertRule('.newer { top: 1px; }', 1)`,
  'a style with rules moved': `st.sheet.insertRule('.x { left: 1px; }', 0); await later(); m.append(st)`,
  'a sheet adopted': `const x = new CSSStyleSheet(); x.replaceSync('.ad { top: 0px; }'); document.adoptedStyleSheets = [x]`,
  'a sheet pushed': `const x = new CSSStyleSheet(); x.replaceSync('.ad { top: 0px; }'); document.adoptedStyleSheets.push(x)`,
  'one sheet adopted twice': `const x = new CSSStyleSheet(); document.adoptedStyleSheets = [x]; h.shadowRoot.adoptedStyleSheets = [x]; await later(); x.replaceSync('.both { top: 0px; }')`,
  'a sheet replaced later': `const x = new CSSStyleSheet(); document.adoptedStyleSheets = [x]; await later(); await x.replace('.late { top: 0px; }')`,
  'a sheet left': `document.adoptedStyleSheets = [new CSSStyleSheet()]; await later(); document.adoptedStyleSheets = []`,
  'a shadow root attached': `ul.remove(); const x = document.createElement('div'); x.append('light'); m.append(x); await later(); x.attachShadow({ mode: 'open' }).innerHTML = '<b>in</b><slot></slot>'`,
  'a closed shadow root': `const x = document.createElement('div'); m.append(x); x.attachShadow({ mode: 'closed' }).innerHTML = '<b>in</b>'`,
  'a change in a shadow root': `h.shadowRoot.querySelector('b').append('new')`,
  'a value in a shadow root': `h.shadowRoot.querySelector('input').value = 'deep'`,
  'a host removed and put back': `const x = h; x.remove(); await later(); m.append(x)`,
  'a frame written': `fr.contentDocument.body.append('in the frame')`,
  'a frame navigated': `fr.srcdoc = '<!doctype html><h1>next</h1>'; await new Promise((r) => fr.onload = r)`,
  'a frame moved': `m.prepend(sd); await new Promise((r) => sd.onload = r)`,
  'a frame moved into a new shadow root': `const y = fr; const x = document.createElement('div'); x.attachShadow({ mode: 'open' }).append(y); m.append(x); y.contentDocument.body.append('anew')`,
  'changed while it was out, in a flood': `p.append('1'); await null; p.append('2'); const [x, y, z] = [ul, l1, l2]; x.remove(); await null; y.firstChild.data = 'other'; z.remove(); m.append(x)`,
  'changed in a frame that was not seen yet, in a flood': `p.append('1'); await null; p.append('2'); const x = document.createElement('iframe'); m.append(x); const [y, z] = [ul, l1]; x.contentDocument.body.append(y); await null; z.remove(); m.append(y)`,
  'a frame removed': `sd.remove()`,
  'a field in a frame': `sd.contentDocument.querySelector('input').value = '8'`,
  'a frame of another origin': `fr.src = 'data:text/html,other'; await new Promise((r) => fr.onload = r)`,
  'blocked, changed within': `blk.append('secret'); blk.className = 'secret'; blk.firstChild.data = 'x'`,
  'blocked, another size': `blk.style.height = '90px'`,
  'moved out of what is blocked': `const x = document.createElement('i'); x.textContent = 'free'; blk.append(x); await later(); p.append(x)`,
  'moved into what is blocked': `blk.append(b)`,
  'a block lifted': `blk.removeAttribute('data-ridealong-block')`,
  'a block put on': `p.setAttribute('data-ridealong-block', '')`,
  'a mask put on': `p.setAttribute('data-ridealong-mask', '')`,
  'a mask lifted': `mk.removeAttribute('data-ridealong-mask')`,
  'a text in a mask': `mk.append('more')`,
  'moved into a mask': `mk.append(b)`,
  'moved out of a mask': `p.append(mk.querySelector('i'))`,
  shown: `f.setAttribute('data-ridealong-show', '')`,
  'made editable': `p.contentEditable = 'true'`,
  'moved into a template': `document.querySelector('template').append(b)`,
  'a link that is a sheet later': `const x = document.createElement('link'); x.href = 'data:text/css,.lk { top: 0px; }'; m.append(x); await later(); x.rel = 'stylesheet'; await new Promise((r) => x.onload = r)`,
  'a comment and other things not told': `p.append(document.createComment('no'), document.createElement('noscript')); p.append('after')`,
  'very deep': `let at = p; for (let i = 0; i < 400; i++) at = at.appendChild(document.createElement('i'))`,
  'a canvas': `m.append(Object.assign(document.createElement('canvas'), { width: 33, height: 44 }))`,
};

const HEAD = `<script>const early = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set; const later = () => new Promise((r) => setTimeout(r, 30));
const closedRoots = new WeakMap(); const attach = Element.prototype.attachShadow; Element.prototype.attachShadow = function (init) { const root = attach.call(this, init); closedRoots.set(this, root); return root; }; globalThis.closedRoots = closedRoots</script>`;

/** The page as new. */
async function opened(): Promise<Page> {
  if (page) await page.reload();
  return page ?? (await bench.page(BODY, { head: HEAD }));
}

describe('each kind of change', () => {
  test('the snapshot', async () => {
    page = await opened();
    await page.evaluate(() => window.rig.start());
    expect(await page.evaluate(() => window.rig.compare())).toBe('');
  });

  test('a second snapshot, and changes after it', async () => {
    page = await opened();
    const differences = await page.evaluate(async () => {
      const { rig } = window;
      rig.start();
      document.querySelector('#p')?.append('x');
      rig.snapshot();
      const one = rig.compare();
      document.querySelector('#p')?.append('y');
      return [one, rig.compare()];
    });
    expect(differences).toEqual(['', '']);
  });

  for (const [name, code] of Object.entries(CHANGES)) {
    test(name, async () => {
      page = await opened();
      const difference = await page.evaluate(async (code) => {
        window.rig.start();
        const run = new Function(`return (async () => {${code}\n})()`) as () => Promise<void>;
        await run();
        return window.rig.settled();
      }, code);
      expect(difference).toBe('');
    });
  }
});
