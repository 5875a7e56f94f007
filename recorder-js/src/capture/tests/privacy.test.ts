// What must not leave the page does not: canaries in every place where text can sit, against everything that the capture writes.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Settings, tighten } from '../../privacy/tighten.ts';
import { Bench } from './bench.ts';
import { type Canary, leaks } from './canaries.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

/** Those on the floor are in no mode ever told. */
const floor: Record<string, Canary> = {
  'typed password': { html: '<input id=pw type=password>', js: `pw.value = 'K'` },
  'password toggled, then typed': { html: '<input id=pt type=password>', js: `pt.type = 'text'; pt.value = 'K'` },
  'password toggled where inputs are shown': {
    html: '<p data-ridealong-show><input id=ps type=password>',
    js: `ps.type = 'text'; ps.value = 'K'`,
  },
  'password toggled and cloned': {
    html: '<p id=pcp data-ridealong-show><input class=pc type=password>',
    js: `const a = document.querySelector('.pc'); a.type = 'text'; a.value = 'K'; pcp.append(a.cloneNode(true))`,
  },
  'password replaced by a framework': {
    html: '<p id=prp data-ridealong-show><input name=pr type=password>',
    js: `const x = document.createElement('input'); x.name = 'pr'; x.value = 'K'; prp.replaceChildren(x)`,
  },
  'password by attribute': { html: '<input type=password value=K>' },
  'password set later': { html: '<input id=pl type=password>', js: `pl.setAttribute('value', 'K')` },
  'hidden input': { html: '<p data-ridealong-show><input type=hidden value=K>' },
  'hidden input, later': { html: '<input type=hidden id=hl>', js: `hl.value = 'K'` },
  'card number by token': { html: '<p data-ridealong-show><input autocomplete="billing cc-number" value=K>' },
  'card code by token': { html: '<p data-ridealong-show><input autocomplete=cc-csc value=K>' },
  'one-time code': { html: '<p data-ridealong-show><input autocomplete=one-time-code value=K>' },
  'card by name': { html: '<p data-ridealong-show><input name=cardNumber value=K>' },
  'security number by id': { html: '<p data-ridealong-show><input id=customer-ssn value=K>' },
  'iban by placeholder': { html: '<p data-ridealong-show><input placeholder="Your IBAN" value=K>' },
  'code by input mode': { html: '<p data-ridealong-show><input inputmode=numeric maxlength=6 value=K>' },
  'secret in a text area': { html: '<p data-ridealong-show><textarea name=api_key>K</textarea>' },
  'new password': { html: '<p data-ridealong-show><input autocomplete=new-password value=K>' },
  'a field that becomes one': {
    html: '<p data-ridealong-show><input id=bo>',
    js: `bo.autocomplete = 'cc-number'; bo.value = 'K'`,
  },
  'password in a shadow root': {
    html: '<div id=phs></div>',
    js: `phs.attachShadow({ mode: 'open' }).innerHTML = '<input type=password value=K>'`,
  },
  'password in a frame': { html: `<iframe srcdoc="<input type=password value=K>"></iframe>` },
  'blocked text': { html: '<div data-ridealong-block class=K>K</div>' },
  'typed in blocked': {
    html: '<div data-ridealong-block><input id=tb></div>',
    js: `tb.value = 'K'; tb.parentNode.append('K'); tb.parentNode.title = 'K'`,
  },
  'show within block': { html: '<div data-ridealong-block><b data-ridealong-show>K</b></div>' },
  'masked text': { html: '<div data-ridealong-mask>K <b data-ridealong-show>K</b></div>' },
  'mutation in masked': {
    html: '<div id=mm data-ridealong-mask>x</div>',
    js: `mm.firstChild.data = 'K'; mm.append('K')`,
  },
  'typed in masked': { html: '<div data-ridealong-mask><input id=tm data-ridealong-show></div>', js: `tm.value = 'K'` },
  'attributes in masked': { html: '<div data-ridealong-mask><b title=K aria-label=K data-x=K>x</b></div>' },
  'picture in masked': { html: '<div data-ridealong-mask><img src="/K.png" alt=K></div>' },
  'moved into a mask': {
    html: '<div id=mi data-ridealong-mask></div><b id=mib>x</b>',
    js: `mi.append(mib); mib.append('K')`,
  },
  'iframe in a mask': { html: '<div data-ridealong-mask><iframe srcdoc="K"></iframe></div>' },
  'shadow in a mask': {
    html: '<div data-ridealong-mask><p id=sm></p></div>',
    js: `sm.attachShadow({ mode: 'open' }).append('K')`,
  },
  'html comment': { html: '<!-- K -->' },
  noscript: { html: '<noscript>K</noscript>' },
  'script text': { html: '<script type="application/json">"K"</script>' },
  template: { html: '<template>K</template>' },
  'meta content': {
    head: '<meta name=csrf-token content=K><meta name=description content=K><meta name=viewport content="K=1">',
  },
  'link canonical': { head: '<link rel=canonical href="/?q=K">' },
  'link query': { html: '<a href="/x?token=K#K">x</a>' },
  'relative link': { html: '<a href="?token=K">x</a><a href="#K">y</a>' },
  'identifier in a path': { html: '<a href="/u/K1234">x</a><a href="/u/k-K-123456">x</a>' },
  'script address': { html: '<script data-a=K src="/none.js?K"></script>' },
  'javascript link': { html: '<a href="javascript:K">x</a>' },
  'inline handler': { html: '<b onclick="K">x</b>' },
  'form action': { html: '<form action="/?a=K"><button formaction="/?b=K">x</button></form>' },
  'picture address': { html: '<img src="/a.png?t=K">' },
  'style address': {
    html: '<b style="background: url(/a.png?t=K)">x</b><style>.u { background: url("/b.png?t=K"); }</style>',
  },
  'frame address': {
    html: '<iframe src="https://other.invalid/?K"></iframe><object data="/o?K"></object><video src="/v?K" poster="/p?K"></video>',
  },
  'frame markup': { html: '<iframe data-ridealong-mask srcdoc="K"></iframe>' },
  nonce: { html: '<style nonce=K></style>' },
  'field in a closed shadow root': {
    html: '<div id=cs></div>',
    js: `cs.attachShadow({ mode: 'closed' }).innerHTML = '<input value=K>'`,
  },
  'pushed address': { js: `history.pushState(null, '', '?q=K#K')` },
  'button value': {
    html: '<button value=K>x</button><input type=checkbox value=K><input type=radio value=K><select><option value=K>x</option></select><data value=K>x</data>',
  },
  'typed text': { html: '<input id=tt>', js: `tt.value = 'K'` },
  'value attribute': { html: '<input value=K>' },
  'text area': { html: '<textarea>K</textarea>' },
  editable: { html: '<div contenteditable>K</div>' },
  'editable, typed': { html: '<div contenteditable id=ed>x</div>', js: `ed.append('K')` },
  'design mode': {
    html: '<iframe id=dm></iframe>',
    js: `dm.contentDocument.designMode = 'on'; await later(); dm.contentDocument.body.append('K'); m.append(dm); await later(); dm.contentDocument.designMode = 'on'`,
  },
  'datalist value': { html: '<datalist><option value=K></datalist>' },
  'canvas text': { html: '<canvas id=cv></canvas>', js: `cv.getContext('2d').fillText('K', 1, 1)` },
};

/** In strict mode not told either. */
const strict: Record<string, Canary> = {
  text: { html: '<p>K</p>' },
  'added text': { html: '<p id=at></p>', js: `at.append('K'); await later(); at.firstChild.data = 'KK'` },
  title: {
    html: '<b title=K alt=K aria-label=K aria-description=K aria-valuetext=K aria-placeholder=K aria-roledescription=K>x</b>',
  },
  placeholder: { html: '<input placeholder=K>' },
  'img alt': { html: '<img alt=K>' },
  'submit value': { html: '<input type=submit value=K><input type=reset value=K><input type=button value=K>' },
  'option text': { html: '<select><optgroup label=K><option label=K>K</optgroup></select>' },
  'data attribute': { html: '<b data-name=K my-attribute=K>x</b><x-y k=K></x-y>' },
  'data attribute, later': {
    html: '<b id=dl>x</b>',
    js: `dl.dataset.k = 'K'; dl.title = 'K'; dl.setAttribute('aria-label', 'K')`,
  },
  class: { html: '<b class="K other" id=iK>x</b>', js: `document.querySelector('.other').classList.add('xK')` },
  name: { html: '<form name=K><input name=qK><label for=K></label></form>' },
  'svg text': {
    html: '<svg data-q=K id=sK><title>K</title><desc>K</desc><text>K</text><use href="#K"></use><rect fill="url(#K)"></rect></svg>',
  },
  'svg picture': { html: '<svg><image href="data:image/svg+xml,K"></image></svg>' },
  mathml: { html: '<math alttext=K><mtext>K</mtext></math>' },
  ruby: { html: '<ruby>K<rt>K</rt></ruby>' },
  summary: { html: '<details><summary>K</summary>K</details><dialog open>K</dialog>' },
  table: { html: '<table summary=K><th abbr=K>K</th></table><abbr title=K>x</abbr>' },
  output: { html: '<output>K</output><meter>K</meter><progress>K</progress>' },
  'css content': {
    html: '<style>.q::before { content: "K"; } @media screen { .r::after { content: "K" "K"; } }</style>',
  },
  'custom property': { html: `<b style="--v: 'K'; --w: K">x</b><style>:root { --z: "K"; --y: K; }</style>` },
  selectors: { html: '<style>.K > #K, [data-x="K"] { color: red; .K2& { color: blue; } }</style>' },
  'rule inserted': { html: '<style id=ri></style>', js: `ri.sheet.insertRule('.K::before { content: "K"; }', 0)` },
  'adopted sheet': {
    js: `const s = new CSSStyleSheet(); s.replaceSync('.K { --k: "K"; }'); document.adoptedStyleSheets = [s]`,
  },
  'data picture in a style': { html: `<b style="background: url('data:image/svg+xml,K')">x</b>` },
  'shadow text': { html: '<div id=st></div>', js: `st.attachShadow({ mode: 'open' }).innerHTML = '<b title=K>K</b>'` },
  'frame text': { html: '<iframe srcdoc="<title>K</title>K"></iframe>' },
  'page title': { js: `document.title = 'K'` },
  'object fallback': { html: '<object>K</object>' },
  slot: { html: '<x-z><slot name=K>K</slot><b slot=K part=K>K</b></x-z>' },
  'innerHTML of a masked parent': { html: '<div id=im></div>', js: `im.innerHTML = '<b>K</b>'` },
  'checked and chosen': { html: '<p id=cc><input type=range max=9999 value=1></p>', js: `cc.append('K')` },
  'birth date, phone, mail': {
    html: '<p data-ridealong-show><input autocomplete=bday value=K><input autocomplete="home tel" value=K><input autocomplete=email value=K>',
  },
  'show lifted': {
    html: '<p id=sl data-ridealong-show>x</p>',
    js: `sl.removeAttribute('data-ridealong-show'); sl.append('K')`,
  },
  'moved out of show': {
    html: '<p data-ridealong-show><b id=ms>x</b></p><i id=mt></i>',
    js: `mt.append(ms); ms.append('K')`,
  },
};

describe('canaries', () => {
  test(`standard mode tells none of ${Object.keys(floor).length}`, async () => {
    expect(await leaks(bench, floor, 'standard')).toEqual([]);
  });

  test(`strict mode tells none of ${Object.keys(floor).length + Object.keys(strict).length}`, async () => {
    expect(await leaks(bench, { ...floor, ...strict }, 'strict')).toEqual([]);
  });

  test('where everything is shown most are told: the canaries can be seen', async () => {
    expect((await leaks(bench, strict, 'standard', true)).length).toBeGreaterThan(25);
  });
});

describe('standard mode', () => {
  test('patterns are masked, also in pieces', async () => {
    const page = await bench.page(
      '<p>Card 4111 1111 1111 1111 and 4111111111111112</p><p>DE89370400440532013000</p><p>Bearer abcdef0123456789</p><p><span>4111</span><span>1111</span> <span>1111</span><b>1111</b></p><p><i>123</i>-<i>45</i><b>-6789</b></p><p>+49 <b>170</b> <b>7654321</b></p><p>(415) 555-2671</p>',
    );
    const lines = await page.evaluate(() => {
      window.rig.start();
      return window.rig.receiver().near.canonical().join('\n');
    });
    expect(lines).toContain('Card •••• •••• •••• •••• and 4111111111111112');
    expect(lines).not.toMatch(/DE89|abcdef|"1111"|"123"|45|6789|170|7654321|2671/);
    await page.close();
  });

  test('lengths of what is on the floor are not told, those of other fields are', async () => {
    const page = await bench.page(
      '<input type=password value=abc id=a><input type=password id=b><input value="ab cd" id=c>',
    );
    const values = await page.evaluate(() => {
      window.rig.start();
      const found: Record<string, string> = {};
      for (const node of window.rig.receiver().near.nodes.values()) {
        if (node.tag === 'input') found[node.attributes.get('id') ?? ''] = node.value ?? '';
      }
      return found;
    });
    expect(values).toEqual({ a: '••••••', b: '', c: '•• ••' });
    await page.close();
  });

  test('of the page’s own attributes short plain values are told; records, addresses and what acts are not', async () => {
    const page = await bench.page(
      `<b id=b data-state=open data-record='{"name":"Ada"}' data-mail=a@b.test data-number=12345678 data-key=a1b2c3d4e5f6g7h8i9j0k
        data-link=https://x.test/y data-long=${'x'.repeat(121)} data-card="4111 1111 1111 1111" my-flag onclick=x() nonce=n ping=/p is=x-y>x</b>`,
    );
    const told = await page.evaluate(() => {
      window.rig.start();
      const nodes = [...window.rig.receiver().near.nodes.values()];
      return Object.fromEntries(nodes.find((node) => node.attributes.get('id') === 'b')?.attributes ?? []);
    });
    expect(told).toEqual({
      id: 'b',
      'data-state': 'open',
      'data-record': '',
      'data-mail': '',
      'data-number': '',
      'data-key': '',
      'data-link': '',
      'data-long': '',
      'data-card': '•••• •••• •••• ••••',
      'my-flag': '',
    });
    await page.close();
  });

  test('show lifts the mode, with its fields', async () => {
    const page = await bench.page('<p data-ridealong-show><input value=open>seen</p>');
    const raw = await page.evaluate(() => {
      window.rig.start('strict');
      return window.rig.receiver().raw.join('\n');
    });
    expect(raw).toContain('"open"');
    expect(raw).toContain('"seen"');
    await page.close();
  });

  test('classes and ids keep their meaning in strict mode', async () => {
    const page = await bench.page(
      '<style>.one\\:two > #three { color: red; }</style><b class="one:two"><i id="three">x</i></b>',
    );
    const [rule, b, i] = await page.evaluate(() => {
      window.rig.start('strict');
      const nodes = [...window.rig.receiver().near.nodes.values()];
      const of = (tag: string) => nodes.find((node) => node.tag === tag);
      return [of('style')?.sheet?.rules[0], of('b')?.attributes.get('class'), of('i')?.attributes.get('id')];
    });
    expect(rule?.replace(/\s+/g, ' ')).toContain(`.${b} > #${i} { color: red; }`);
    await page.close();
  });
});

describe('marks and selectors', () => {
  /** What the receiving side has of a page, after a script. */
  async function seen(body: string, settings: Settings, script = ''): Promise<string> {
    const page = await bench.page(body);
    const lines = await page.evaluate(
      async ([settings, script]) => {
        window.rig.start(settings);
        const run = new Function(`return (async () => {${script}\n})()`) as () => Promise<void>;
        await run();
        await new Promise((resolve) => setTimeout(resolve, 40));
        window.rig.flush();
        return window.rig.errors.concat(window.rig.receiver().raw).join('\n');
      },
      [settings, script] as const,
    );
    await page.close();
    return lines;
  }

  for (const mark of [
    'class="rr-mask x"',
    'class="a sentry-mask"',
    'class=fs-mask',
    'class=ph-mask',
    'class=dd-privacy-mask',
    'data-sentry-mask',
    'data-private',
    'data-private=redact',
    'data-dd-privacy=mask',
    'data-dd-privacy=mask-user-input',
    'data-clarity-mask=true',
    'data-openreplay-obscured',
    'data-hj-suppress',
    'data-recording-sensitive',
    'class=rr-block',
    'class="sentry-block b"',
    'class=fs-exclude',
    'class=ph-no-capture',
    'data-dd-privacy=hidden',
    'data-openreplay-hidden',
    'data-recording-disable',
  ])
    test(`what another tool was told to hide is hidden: ${mark}`, async () => {
      expect(await seen(`<div ${mark}><b title=secretA>secretB</b></div>`, {})).not.toContain('secret');
    });

  for (const mark of ['class=xrr-mask', 'class=rr-masked', 'data-dd-privacy=allow', 'data-clarity-mask=false'])
    test(`what only looks like a mark is none: ${mark}`, async () => {
      expect(await seen(`<div ${mark}>visible</div>`, {})).toContain('visible');
    });

  test('a mark that comes later hides what comes after it', async () => {
    const later = `d.className = 'rr-mask'; await null; d.append('secret')`;
    expect(await seen('<div id=d>x</div>', {}, later)).not.toContain('secret');
    const gone = `d.className = 'rr-mask'; await new Promise((r) => setTimeout(r, 30)); d.className = ''; d.append('open')`;
    expect(await seen('<div id=d>x</div>', {}, gone)).toContain('open');
  });

  test('selectors mask, block and show', async () => {
    const body = '<p class=m>alpha</p><p id=b>bravo</p><aside><p>charlie</p></aside><p>delta</p>';
    const lines = await seen(body, { mask: '.m', block: '#b, aside > p' });
    expect(lines).not.toMatch(/alpha|bravo|charlie/);
    expect(lines).toContain('delta');
    const shown = await seen(body, { mode: 'strict', show: 'aside', mask: '.m' });
    expect(shown).toContain('charlie');
    expect(shown).not.toMatch(/alpha|bravo|delta/);
  });

  test('a selector is asked again when an attribute changes, there or around', async () => {
    const own = `d.setAttribute('data-plan', 'gold'); await null; d.append('secret')`;
    expect(await seen('<div id=d>x</div>', { mask: '[data-plan=gold]' }, own)).not.toContain('secret');
    const around = `d.className = 'closed'; await null; p.append('secret')`;
    expect(await seen('<div id=d><p id=p>x</p></div>', { mask: '.closed p' }, around)).not.toContain('secret');
    const moved = `d.append(p); p.firstChild.append('secret')`;
    expect(await seen('<i id=p><b>x</b></i><div id=d class=closed></div>', { mask: '.closed b' }, moved)).not.toContain(
      'secret',
    );
  });

  test('selectors of the server hide beside those of the site, and one cannot change what another means', async () => {
    const body = '<p class=m>alpha</p><p id=b>bravo</p><aside>charlie</aside><i>delta</i>';
    const both = tighten({ mask: ':not(*', show: 'aside' }, { mask: '.m', block: '#b' });
    const lines = await seen(body, both);
    expect(lines).not.toMatch(/alpha|bravo/);
    expect(lines).toContain('charlie');
    const strict = await seen(body, tighten({ show: 'aside' }, { mode: 'strict', show: 'i' }));
    expect(strict).toContain('charlie');
    expect(strict).not.toMatch(/alpha|bravo|delta/);
    expect(await seen(body, tighten({}, { mask: 'p:nope(' }))).not.toMatch(/alpha|bravo|charlie|delta/);
  });

  test('a selector that the browser does not understand hides everything', async () => {
    for (const settings of [{ mask: '..' }, { block: 'p:nope(' }] as Settings[])
      expect(await seen('<p>secret</p>', settings)).not.toContain('secret');
    expect(await seen('<p>visible</p>', { show: '..' })).toContain('visible');
  });
});
