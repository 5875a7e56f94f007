// Shadow trees and custom elements.
import { ask, type Case } from '../case.ts';

export const shadow: Case[] = [
  {
    name: 'shadow roots',
    head: '<style>p{color:red}#open::part(label){color:green}</style>',
    html: `<div id=open></div><div id=closed></div><div id=nested></div><div id=declared><template shadowrootmode=open><b>declared</b></template></div>
      <div id=later></div><div id=markup></div>`,
    whole: ['tree', 'rules', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const $ = (id: string) => document.getElementById(id) as HTMLElement;
        const open = $('open').attachShadow({ mode: 'open' });
        open.innerHTML =
          '<style>p{color:blue}:host{display:block;border:2px solid green}</style><p>open</p><i part=label>part</i>';
        const closed = $('closed').attachShadow({ mode: 'closed' });
        closed.innerHTML = '<p>closed</p><input>';
        const outer = $('nested').attachShadow({ mode: 'open' });
        outer.innerHTML = '<div></div>';
        const inner = outer.querySelector('div')?.attachShadow({ mode: 'closed' }) as ShadowRoot;
        inner.textContent = 'inside of inside';
        await new Promise(requestAnimationFrame);
        open.querySelector('p')?.append(' changed');
        closed.querySelector('p')?.append(' changed');
        (closed.querySelector('input') as HTMLInputElement).value = 'set';
        $('declared').shadowRoot?.append(' and more');
        const late = document.createElement('div');
        late.id = 'late';
        late.attachShadow({ mode: 'open' }).innerHTML = '<u>late</u>';
        $('later').append(late);
        $('markup').setHTMLUnsafe?.('<div><template shadowrootmode=open><s>unsafe</s></template></div>');
      });
    },
    probes: {
      'open shadow root: text': ask((q) => q.text(q.$('p', q.root('#open'))), 'open changed'),
      'open shadow root: style inside': ask((q) => q.css(q.$('p', q.root('#open')), 'color'), 'rgb(0, 0, 255)'),
      ':host': ask((q) => q.css('#open', 'border-top-color'), 'rgb(0, 128, 0)'),
      '::part': ask((q) => q.css(q.$('i', q.root('#open')), 'color'), 'rgb(0, 128, 0)'),
      'closed shadow root: text': ask((q) => q.text(q.$('p', q.root('#closed'))), 'closed changed'),
      'closed shadow root: field': ask((q) => q.$<HTMLInputElement>('input', q.root('#closed')).value, 'set'),
      'shadow root in a shadow root': ask((q) => q.text(q.root(q.$('div', q.root('#nested')))), 'inside of inside'),
      'declared shadow root': ask((q) => q.text(q.root('#declared')), 'declared and more'),
      'shadow root: on an element added later': ask((q) => q.text(q.root('#late')), 'late'),
      'setHTMLUnsafe: shadow root': ask((q) => q.text(q.root('#markup div')), 'unsafe'),
    },
  },
  {
    name: 'slots',
    html: `<div id=host><b slot=one>one</b><i id=wanders slot=two>two</i>rest</div><div id=manual><u>manual</u><s>not assigned</s></div>`,
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const host = document.querySelector('#host') as HTMLElement;
        const root = host.attachShadow({ mode: 'open' });
        root.innerHTML = `<style>::slotted(b){color:green}slot[name=one]{display:block;background:#eee}</style>
          <slot name=one>empty</slot><p><slot></slot></p><slot name=two></slot><slot name=none>what stands for nothing</slot>`;
        await new Promise(requestAnimationFrame);
        (document.querySelector('#wanders') as HTMLElement).slot = 'one';
        const manual = document.querySelector('#manual') as HTMLElement;
        const assigned = manual.attachShadow({ mode: 'open', slotAssignment: 'manual' });
        const slot = assigned.appendChild(document.createElement('slot'));
        slot.assign(manual.querySelector('u') as Element);
      });
    },
    probes: {
      '::slotted': ask((q) => q.css('#host b', 'color'), 'rgb(0, 128, 0)'),
      'slot: assigned': ask(
        (q) => q.$<HTMLSlotElement>('slot[name=one]', q.root('#host')).assignedElements().length,
        2,
      ),
      'slot: content of its own': ask((q) => q.$('slot[name=none]', q.root('#host')).offsetParent !== undefined, true),
      'slot: assigned by script': ask(
        (q) => [q.$('#manual u').offsetWidth > 0, q.$('#manual s').offsetWidth > 0],
        [true, false],
      ),
    },
  },
  {
    name: 'custom elements',
    head: `<style>x-state:state(ready){color:green}x-state:state(gone){background:red}x-late:not(:defined){display:none}x-wait:not(:defined){color:green}
      x-made{display:block;border:1px solid}</style>`,
    html: '<x-state id=state>state</x-state><x-late id=late>late</x-late><x-wait id=wait>wait</x-wait><div id=place></div><button is=x-button id=builtin>is</button>',
    whole: ['tree', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        customElements.define(
          'x-state',
          class extends HTMLElement {
            readonly inner = this.attachInternals();
            connectedCallback() {
              this.inner.states.add('ready');
              this.inner.states.add('gone');
            }
          },
        );
        customElements.define('x-late', class extends HTMLElement {});
        customElements.define(
          'x-made',
          class extends HTMLElement {
            connectedCallback() {
              this.attachShadow({ mode: 'open' }).innerHTML = '<b>made</b>';
            }
          },
        );
        document.querySelector('#place')?.append(document.createElement('x-made'));
        await new Promise(requestAnimationFrame);
        (document.querySelector('#state') as HTMLElement & { inner: ElementInternals }).inner.states.delete('gone');
      });
    },
    probes: {
      ':state()': ask((q) => q.css('#state', 'color'), 'rgb(0, 128, 0)'),
      ':state(): taken back': ask((q) => q.css('#state', 'background-color'), 'rgba(0, 0, 0, 0)'),
      ':defined: shown once it is': ask((q) => q.css('#late', 'display'), 'inline'),
      ':not(:defined): while it is not': ask((q) => q.css('#wait', 'color'), 'rgb(0, 128, 0)'),
      'custom element: its shadow root': ask((q) => q.text(q.root('x-made')), 'made'),
    },
  },
];
