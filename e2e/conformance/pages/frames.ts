// Documents in documents.
import { ask, type Case } from '../case.ts';

const html = (body: string) => ({
  type: 'text/html; charset=utf-8',
  body: `<!doctype html><html data-ridealong-show>${body}`,
});

export const frames: Case[] = [
  {
    name: 'frames',
    head: '<style>iframe{width:200px;height:80px;border:1px solid}</style>',
    html: `<iframe id=src src=inner.html></iframe><iframe id=srcdoc srcdoc="<p id=p>srcdoc</p>"></iframe><iframe id=blank></iframe>
      <iframe id=outer src=outer.html></iframe><iframe id=goes src=inner.html></iframe><div id=place></div>`,
    files: {
      'inner.html': html(
        '<style>p{color:green}</style><p id=p>inner</p><input id=field><div style="height:900px;width:10px"></div>',
      ),
      'outer.html': html('<iframe id=inside src=inner.html></iframe><p id=p>outer</p>'),
      'next.html': html('<p id=p>next</p>'),
    },
    whole: ['tree', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const frame = (id: string) => document.getElementById(id) as HTMLIFrameElement;
        const load = (of: HTMLIFrameElement) =>
          new Promise((resolve) => of.addEventListener('load', resolve, { once: true }));
        const inner = frame('src').contentDocument as Document;
        inner.querySelector('p')?.append(' changed');
        (inner.querySelector('input') as HTMLInputElement).value = 'set';
        frame('src').contentWindow?.scrollTo(0, 55);
        const sheet = new (frame('src').contentWindow as Window & typeof globalThis).CSSStyleSheet();
        sheet.replaceSync('p{font-weight:700}');
        inner.adoptedStyleSheets = [sheet];
        const blank = frame('blank').contentDocument as Document;
        blank.body.innerHTML = '<p id=p>written</p>';
        const gone = load(frame('goes'));
        frame('goes').src = 'next.html';
        await gone;
        const added = document.createElement('iframe');
        added.id = 'added';
        added.srcdoc = '<p id=p>added</p>';
        const there = load(added);
        document.querySelector('#place')?.append(added);
        await there;
        added.contentDocument?.querySelector('p')?.append(' and changed');
        frame('outer').contentDocument?.querySelector('p')?.append(' changed');
      });
    },
    probes: {
      'iframe: text': ask((q) => q.text('#p'), 'inner changed', '#src'),
      'iframe: its style sheet': ask((q) => q.css('#p', 'color'), 'rgb(0, 128, 0)', '#src'),
      'iframe: adopted sheet': ask((q) => q.css('#p', 'font-weight'), '700', '#src'),
      'iframe: field': ask((q) => q.$<HTMLInputElement>('#field').value, 'set', '#src'),
      'iframe: scroll': ask((q) => Math.round(q.w.scrollY), 55, '#src'),
      'iframe: srcdoc': ask((q) => q.text('#p'), 'srcdoc', '#srcdoc'),
      'iframe: written by script': ask((q) => q.text('#p'), 'written', '#blank'),
      'iframe: in an iframe': ask((q) => q.text('#p'), 'inner', '#outer', '#inside'),
      'iframe: around an iframe': ask((q) => q.text('#p'), 'outer changed', '#outer'),
      'iframe: another address': ask((q) => q.text('#p'), 'next', '#goes'),
      'iframe: added': ask((q) => q.text('#p'), 'added and changed', '#added'),
    },
  },
  {
    name: 'a frame of another origin',
    head: '<style>iframe{border:2px solid green}</style>',
    html: '<iframe id=frame width=220 height=90></iframe><p>below</p>',
    files: { 'inner.html': html('<p>from elsewhere</p>') },
    whole: [],
    act: async (hand) => {
      await hand.run(async () => {
        const frame = document.querySelector('iframe') as HTMLIFrameElement;
        const there = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
        frame.src = new URL('inner.html', location.href.replace('localhost', '127.0.0.1')).href;
        await there;
      });
    },
    probes: {
      'cross-origin frame: its place': ask((q) => {
        const below = q.$('p').getBoundingClientRect();
        return [Math.round(below.left), Math.round(below.top)];
      }),
    },
  },
];
