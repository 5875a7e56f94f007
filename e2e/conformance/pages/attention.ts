// Where a person is: pointer, focus, selection, and the window they have.
import { ask, type Case } from '../case.ts';

export const attention: Case[] = [
  {
    name: 'pointer',
    head: '<style>#hover:hover{color:green}#menu{display:none}#open:hover #menu{display:block}#both:hover::after{content:"!"}</style>',
    html: '<p id=hover>hover</p><div id=open>menu<div id=menu>opened</div></div>',
    whole: ['tree'],
    act: async (hand) => {
      await hand.hover('#open');
      await hand.hover('#hover');
    },
    probes: {
      'hover rule applied': ask((q) => q.css('#hover', 'color'), 'rgb(0, 128, 0)'),
      'hover: not where the pointer was': ask((q) => q.css('#menu', 'display'), 'none'),
    },
  },
  {
    name: 'menu under the pointer',
    head: '<style>#menu{display:none}#open:hover > #menu{display:block}</style>',
    html: '<div id=open>menu<div id=menu>opened</div></div>',
    whole: ['pixels'],
    act: async (hand) => {
      await hand.hover('#open');
    },
    probes: {
      'hover: a menu that it opens': ask((q) => q.css('#menu', 'display'), 'block'),
    },
  },
  {
    name: 'focus',
    head: '<style>:focus{color:green}#box:focus-within{background:rgb(200,255,200)}#ring:focus-visible{outline:4px solid red}</style>',
    html: '<div id=box><input id=field value=field></div><button id=ring>ring</button>',
    whole: [],
    act: async (hand) => {
      await hand.click('#field');
    },
    probes: {
      ':focus: rule applied': ask((q) => q.css('#field', 'color'), 'rgb(0, 128, 0)'),
      ':focus-within: rule applied': ask((q) => q.css('#box', 'background-color'), 'rgb(200, 255, 200)'),
    },
  },
  {
    name: 'focus by a key',
    head: '<style>#ring:focus-visible{outline:4px solid red}</style>',
    html: '<input id=field><button id=ring>ring</button>',
    whole: [],
    act: async (hand) => {
      await hand.click('#field');
      await hand.press('Tab');
    },
    probes: {
      ':focus-visible: rule applied': ask(
        (q) => q.css('#ring', 'outline-style') === 'solid' && q.css('#ring', 'outline-width'),
        '4px',
      ),
    },
  },
  {
    name: 'selection',
    html: '<p id=text>words that can be selected</p>',
    whole: [],
    act: async (hand) => {
      await hand.run(() => {
        const text = document.querySelector('#text')?.firstChild as Text;
        getSelection()?.setBaseAndExtent(text, 6, text, 10);
      });
    },
    probes: {
      'selection: text': ask((q) => {
        const own = q.d.getSelection()?.toString();
        if (own) return own;
        // A picture may show it in its own way.
        const shown = [...(q.w.CSS.highlights?.values() ?? [])].flatMap((one) => [...one]);
        return shown.map((range) => (range as Range).toString()).join('');
      }, 'that'),
    },
  },
];
