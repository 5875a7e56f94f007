// SVG, MathML, pictures, canvases, media and fonts.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ask, type Case } from '../case.ts';

const svg = (color: string, width = 40, height = 30) => ({
  type: 'image/svg+xml',
  body: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${color}"/></svg>`,
});

const awesome = dirname(createRequire(import.meta.url).resolve('startbootstrap-sb-admin-2/package.json'));
const font = {
  type: 'font/woff2',
  body: readFileSync(join(awesome, 'vendor/fontawesome-free/webfonts/fa-solid-900.woff2')),
};

export const drawing: Case[] = [
  {
    name: 'SVG',
    head: '<style>svg{width:120px;height:60px}#styled{fill:green}</style>',
    html: `<svg viewBox="0 0 100 50" id=svg><defs><linearGradient id=g><stop offset=0 stop-color=red /><stop offset=1 stop-color=blue /></linearGradient>
      <clipPath id=clip><circle cx=25 cy=25 r=20 /></clipPath><symbol id=symbol viewBox="0 0 10 10"><rect width=10 height=10 /></symbol></defs>
      <rect id=filled width=50 height=50 fill="url(#g)" clip-path="url(#clip)" /><use id=use href="#symbol" x=50 width=20 height=20 />
      <text id=text x=50 y=40 font-size=10>text</text><foreignObject id=foreign x=75 width=25 height=20><p id=html style="margin:0;font-size:8px">html</p></foreignObject></svg>
      <svg id=made></svg><svg viewBox="0 0 10 10"><style>#inner{fill:green}</style><rect id=inner width=10 height=10 /><a xlink:href="#x"><text>a</text></a></svg>
      <svg id=smil viewBox="0 0 100 50"><rect id=moving width=10 height=10><animate attributeName=x to=50 dur=0.02s fill=freeze /></rect></svg>`,
    whole: ['tree', 'rules', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const ns = 'http://www.w3.org/2000/svg';
        const made = document.querySelector('#made') as SVGSVGElement;
        made.setAttribute('viewBox', '0 0 20 20');
        const path = document.createElementNS(ns, 'path');
        path.setAttribute('d', 'M0 0L20 20');
        path.setAttribute('stroke', 'green');
        path.id = 'styled';
        made.append(path);
        path.setAttribute('d', 'M0 0L20 0L20 20z');
        document.querySelector('#text')?.append(' more');
        document.querySelector('#svg')?.setAttribute('viewBox', '0 0 100 60');
        const use = document.createElementNS(ns, 'use');
        use.setAttributeNS('http://www.w3.org/1999/xlink', 'xlink:href', '#symbol');
        use.id = 'xlink';
        made.append(use);
        await new Promise((resolve) => setTimeout(resolve, 60));
      });
    },
    probes: {
      'SVG: namespace': ask((q) => q.$('#filled').namespaceURI, 'http://www.w3.org/2000/svg'),
      'SVG: made by script': ask((q) => q.$<SVGElement>('#styled').getAttribute('d'), 'M0 0L20 0L20 20z'),
      'SVG: rule applied': ask((q) => q.css('#styled', 'fill'), 'rgb(0, 128, 0)'),
      'SVG: style element inside': ask((q) => q.css('#inner', 'fill'), 'rgb(0, 128, 0)'),
      'SVG: viewBox changed': ask((q) => q.$<SVGSVGElement>('#svg').viewBox.baseVal.height, 60),
      'SVG: use': ask((q) => Math.round(q.$<SVGUseElement>('#use').getBBox().width), 20),
      'SVG: use by xlink:href': ask((q) => q.$<SVGUseElement>('#xlink').getBBox().width > 0, true),
      'SVG: foreignObject': ask((q) => q.$('#html').namespaceURI, 'http://www.w3.org/1999/xhtml'),
      'SVG: text': ask((q) => q.text('#text'), 'text more'),
      'SVG: animate, end state': ask((q) => q.$<SVGRectElement>('#moving').x.animVal.value, 50),
    },
  },
  {
    name: 'MathML',
    html: '<math id=math><mfrac id=fraction><mi>a</mi><mi>b</mi></mfrac><msqrt><mn>2</mn></msqrt></math><p id=place></p>',
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(() => {
        const ns = 'http://www.w3.org/1998/Math/MathML';
        const math = document.createElementNS(ns, 'math');
        math.innerHTML = '<msup><mi>x</mi><mn>2</mn></msup>';
        math.setAttribute('id', 'made');
        document.querySelector('#place')?.append(math);
      });
    },
    probes: {
      'MathML: namespace': ask((q) => q.$('#fraction').namespaceURI, 'http://www.w3.org/1998/Math/MathML'),
      'MathML: layout of a fraction': ask((q) => q.$('#fraction').getBoundingClientRect().height),
      'MathML: made by script': ask((q) => q.$('#made msup').namespaceURI, 'http://www.w3.org/1998/Math/MathML'),
    },
  },
  {
    name: 'pictures',
    head: '<style>#background{width:50px;height:50px;background:url(green.svg)}#border{border:10px solid;border-image:url(blue.svg) 1;width:20px}#list{list-style:url(red.svg)}#content::before{content:url(small.svg)}</style>',
    html: `<img id=plain src=red.svg><img id=changed src=red.svg><img id=data src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='11' height='12'/%3E">
      <div id=background></div><div id=border></div><ul id=list><li>item</ul><p id=content>content</p><img id=broken src=nothing.png alt=broken>
      <input type=image id=button src=blue.svg><svg width=30 height=30><image id=inside href=green.svg width=30 height=30 /></svg><div id=place></div>
      <img id=sized src=red.svg width=70 height=20><div id=inline style="width:20px;height:20px;background:url(blue.svg)"></div>`,
    files: {
      'red.svg': svg('red'),
      'green.svg': svg('green'),
      'blue.svg': svg('blue', 24, 24),
      'small.svg': svg('teal', 9, 9),
    },
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const changed = document.querySelector('#changed') as HTMLImageElement;
        changed.src = 'blue.svg';
        await changed.decode();
        const added = new Image();
        added.id = 'added';
        added.src = 'green.svg';
        document.querySelector('#place')?.append(added);
        await added.decode();
        (document.querySelector('#inline') as HTMLElement).style.backgroundImage = 'url(red.svg)';
      });
    },
    probes: {
      'img: its own size': ask(
        (q) => [q.$<HTMLImageElement>('#plain').naturalWidth, q.$<HTMLImageElement>('#plain').naturalHeight],
        [40, 30],
      ),
      'img: src changed': ask((q) => q.$<HTMLImageElement>('#changed').naturalWidth, 24),
      'img: data URL': ask((q) => q.$<HTMLImageElement>('#data').naturalWidth, 11),
      'img: added': ask((q) => q.$<HTMLImageElement>('#added').naturalWidth, 40),
      'img: broken': ask((q) => q.$<HTMLImageElement>('#broken').naturalWidth, 0),
      'input image: size': ask((q) => q.$('#button').offsetWidth, 24),
    },
  },
  {
    name: 'pictures chosen by the browser',
    html: `<img id=srcset srcset="one.svg 1x, two.svg 2x"><img id=sizes srcset="wide.svg 1000w, one.svg 100w" sizes=50px>
      <picture><source media="(max-width: 100px)" srcset=two.svg><source media="(min-width: 101px)" srcset=wide.svg><img id=picture src=one.svg></picture>
      <picture><source type=image/none srcset=two.svg><img id=type src=one.svg></picture><img id=lazy loading=lazy src=two.svg>`,
    files: { 'one.svg': svg('red', 10, 10), 'two.svg': svg('blue', 20, 20), 'wide.svg': svg('green', 100, 20) },
    whole: ['tree', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const image = document.querySelector('#type') as HTMLImageElement;
        (document.querySelector('#srcset') as HTMLImageElement).srcset = 'wide.svg';
        await image.decode();
        await new Promise((resolve) => setTimeout(resolve, 100));
      });
    },
    probes: {
      'srcset: changed': ask((q) => q.$<HTMLImageElement>('#srcset').offsetWidth, 100),
      'srcset: by width': ask((q) => q.$('#sizes').offsetWidth),
      'picture: by media': ask((q) => q.$('#picture').offsetWidth, 100),
      'picture: by type': ask((q) => q.$('#type').offsetWidth, 10),
      'img: lazy': ask((q) => q.$('#lazy').offsetWidth, 20),
    },
  },
  {
    name: 'blob addresses',
    head: '<style>#back{width:30px;height:30px}</style>',
    html: '<img id=image><div id=back></div><img id=revoked>',
    whole: ['pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const made = (color: string) =>
          URL.createObjectURL(
            new Blob(
              [
                `<svg xmlns="http://www.w3.org/2000/svg" width="33" height="22"><rect width="33" height="22" fill="${color}"/></svg>`,
              ],
              {
                type: 'image/svg+xml',
              },
            ),
          );
        const image = document.querySelector('#image') as HTMLImageElement;
        image.src = made('green');
        await image.decode();
        (document.querySelector('#back') as HTMLElement).style.background = `url(${made('blue')})`;
        const revoked = document.querySelector('#revoked') as HTMLImageElement;
        revoked.src = made('red');
        await revoked.decode();
        URL.revokeObjectURL(revoked.src);
      });
    },
    probes: {
      'blob: picture': ask((q) => q.$<HTMLImageElement>('#image').offsetWidth, 33),
      'blob: picture, address given back': ask((q) => q.$<HTMLImageElement>('#revoked').offsetWidth, 33),
    },
  },
  {
    name: 'canvas 2D',
    html: '<p id=c><canvas id=canvas width=200 height=100></canvas><i>beside</i></p>',
    whole: ['pixels'],
    act: async (hand) => {
      await hand.run(() => {
        const draw = (document.querySelector('canvas') as HTMLCanvasElement).getContext(
          '2d',
        ) as CanvasRenderingContext2D;
        draw.fillStyle = 'green';
        draw.fillRect(0, 0, 150, 80);
        draw.fillStyle = 'orange';
        draw.beginPath();
        draw.arc(100, 50, 40, 0, 7);
        draw.fill();
      });
    },
    probes: {
      'canvas: the room it takes': ask((q) => [q.$('#c').offsetHeight, q.$('#c i').offsetLeft]),
    },
  },
  {
    name: 'canvas before the recorder',
    html: `<canvas id=canvas width=200 height=100 style="border:1px solid"></canvas><script>
      const d = document.querySelector('canvas').getContext('2d'); d.fillStyle = 'teal'; d.fillRect(20, 20, 100, 60)</script>`,
    whole: ['pixels'],
  },
  {
    name: 'WebGL',
    html: '<canvas id=canvas width=200 height=100></canvas>',
    whole: ['pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const gl = (document.querySelector('canvas') as HTMLCanvasElement).getContext('webgl');
        if (!gl) return;
        for (let n = 0; n < 5; n++) {
          gl.clearColor(0.1, 0.6, 0.2 * n, 1);
          gl.clear(gl.COLOR_BUFFER_BIT);
          await new Promise(requestAnimationFrame);
        }
      });
    },
  },
  {
    name: 'media',
    html: `<p id=v><video id=video width=160 height=90 poster=poster.svg muted></video><i>beside</i></p><p id=a><audio id=audio controls></audio><i>beside</i></p>
      <p id=s><video id=styled style="width:50%;background:green"></video><i>beside</i></p>
      <p id=o><object id=object width=60 height=40 data=poster.svg type=image/svg+xml></object><i>beside</i></p>
      <p id=e><embed id=embed width=50 height=40 src=poster.svg type=image/svg+xml><i>beside</i></p>`,
    files: { 'poster.svg': svg('purple', 160, 90) },
    whole: [],
    act: async (hand) => {
      await hand.run(() => {
        (document.querySelector('#video') as HTMLVideoElement).playbackRate = 1.5;
        (document.querySelector('#audio') as HTMLAudioElement).volume = 0.25;
      });
    },
    probes: {
      'video: the room it takes': ask((q) => [q.$('#v').offsetHeight, q.$('#v i').offsetLeft]),
      'video: the room that its style gives it': ask((q) => [q.$('#s').offsetHeight, q.$('#s i').offsetLeft]),
      'video: rate': ask((q) => q.$<HTMLVideoElement>('#video').playbackRate, 1.5),
      'video: paused': ask((q) => q.$<HTMLVideoElement>('#video').paused, true),
      'audio: volume': ask((q) => q.$<HTMLAudioElement>('#audio').volume, 0.25),
      'audio: the room it takes': ask((q) => [q.$('#a').offsetHeight, q.$('#a i').offsetLeft]),
      'object: the room it takes': ask((q) => [q.$('#o').offsetHeight, q.$('#o i').offsetLeft]),
      'embed: the room it takes': ask((q) => [q.$('#e').offsetHeight, q.$('#e i').offsetLeft]),
    },
  },
  {
    name: 'fonts',
    head: '<style>@font-face{font-family:Icons;src:url(icons.woff2)}p{font-size:40px;display:inline-block}#sheet{font-family:Icons,serif}#script{font-family:Made,serif}</style>',
    html: '<p id=sheet>&#xf007;&#xf013;</p><p id=script>&#xf007;&#xf013;</p>',
    files: { 'icons.woff2': font },
    whole: ['styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const bytes = await (await fetch('icons.woff2')).arrayBuffer();
        const face = new FontFace('Made', bytes);
        document.fonts.add(await face.load());
        await document.fonts.load('40px Icons', '\uf007');
        await document.fonts.ready;
      });
    },
    probes: {
      '@font-face: width of its letters': ask((q) => q.$('#sheet').offsetWidth),
      'FontFace by script: width of its letters': ask((q) => q.$('#script').offsetWidth),
    },
  },
];
