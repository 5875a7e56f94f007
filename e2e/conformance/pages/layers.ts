// What stands above the page, and what opens and closes.
import { ask, type Case } from '../case.ts';

export const layers: Case[] = [
  {
    name: 'dialogs',
    head: '<style>dialog::backdrop{background:rgb(10,20,30)}</style>',
    html: `<dialog id=modal>modal <dialog id=upper>upper</dialog></dialog><dialog id=plain>plain</dialog><dialog id=closed>closed</dialog>
      <dialog id=parsed open>parsed</dialog><dialog id=attribute>attribute</dialog>`,
    whole: ['tree', 'top layer', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.run(async () => {
        const dialog = (id: string) => document.getElementById(id) as HTMLDialogElement;
        dialog('plain').show();
        dialog('closed').showModal();
        await new Promise(requestAnimationFrame);
        dialog('closed').close();
        dialog('attribute').setAttribute('open', '');
        dialog('modal').showModal();
        dialog('upper').showModal();
        (document.activeElement as HTMLElement).blur();
      });
    },
    probes: {
      'dialog: modal': ask((q) => q.$('#modal').matches(':modal'), true),
      'dialog: modal in a modal': ask((q) => q.$('#upper').matches(':modal'), true),
      'dialog: not modal': ask(
        (q) => [q.$<HTMLDialogElement>('#plain').open, q.$('#plain').matches(':modal')],
        [true, false],
      ),
      'dialog: opened and closed': ask((q) => q.css('#closed', 'display'), 'none'),
      'dialog: open as parsed': ask((q) => q.css('#parsed', 'display'), 'block'),
      'dialog: open by its attribute': ask((q) => q.css('#attribute', 'display'), 'block'),
      '::backdrop: colour': ask((q) => q.css('#modal', 'background-color', '::backdrop'), 'rgb(10, 20, 30)'),
      'dialog: where a modal stands': ask((q) => Math.round(q.$('#modal').getBoundingClientRect().left)),
    },
  },
  {
    name: 'popovers',
    head: '<style>[popover]{margin:10px;border:3px solid green}[popover]:popover-open{color:blue}</style>',
    html: `<div id=manual popover=manual>manual</div><div id=auto popover>auto</div><div id=gone popover=manual>gone</div>
      <button id=button popovertarget=clicked>open</button><div id=clicked popover=manual style="inset:auto 10px 10px auto">clicked</div>
      <button id=invoker commandfor=commanded command=show-modal>command</button><div id=late></div>`,
    whole: ['tree', 'top layer', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.click('#button');
      await hand.run(async () => {
        const popover = (id: string) => document.getElementById(id) as HTMLElement;
        popover('manual').showPopover();
        popover('gone').showPopover();
        await new Promise(requestAnimationFrame);
        popover('gone').hidePopover();
        const late = document.createElement('div');
        late.popover = 'manual';
        late.id = 'made';
        late.textContent = 'made';
        popover('late').append(late);
        late.togglePopover();
        popover('auto').showPopover();
        (document.activeElement as HTMLElement).blur();
      });
    },
    probes: {
      'popover open': ask((q) => q.$('#manual').matches(':popover-open'), true),
      'popover open: rule applied': ask((q) => q.css('#manual', 'color'), 'rgb(0, 0, 255)'),
      'popover open: auto': ask((q) => q.css('#auto', 'display'), 'block'),
      'popover: opened and hidden': ask((q) => q.css('#gone', 'display'), 'none'),
      'popover: opened by its button': ask((q) => q.$('#clicked').matches(':popover-open'), true),
      'popover: made by script': ask((q) => q.$('#made').matches(':popover-open'), true),
    },
  },
  {
    name: 'details and inert',
    head: '<style>details[open] summary{color:green}#inert{opacity:.5}details::details-content{color:blue}</style>',
    html: `<details id=clicked><summary id=summary>summary</summary>content</details><details id=script><summary>s</summary>c</details>
      <details id=parsed open><summary>s</summary>c</details><details id=one name=g open><summary>s</summary>1</details>
      <details id=two name=g><summary>s</summary>2</details><div id=inert><button>inert</button></div>`,
    whole: ['tree', 'top layer', 'styles', 'pixels'],
    act: async (hand) => {
      await hand.click('#summary');
      await hand.run(() => {
        const details = (id: string) => document.getElementById(id) as HTMLDetailsElement;
        details('script').open = true;
        details('parsed').open = false;
        details('two').open = true;
        details('inert').inert = true;
        (document.activeElement as HTMLElement).blur();
      });
    },
    probes: {
      'details: opened by a click': ask((q) => q.$<HTMLDetailsElement>('#clicked').open, true),
      'details: opened by script': ask((q) => q.$<HTMLDetailsElement>('#script').open, true),
      'details: closed by script': ask((q) => q.$<HTMLDetailsElement>('#parsed').open, false),
      'details: one of a group': ask(
        (q) => [q.$<HTMLDetailsElement>('#one').open, q.$<HTMLDetailsElement>('#two').open],
        [false, true],
      ),
      'details: rule applied': ask((q) => q.css('#summary', 'color'), 'rgb(0, 128, 0)'),
      inert: ask((q) => q.$('#inert').inert, true),
    },
  },
  {
    name: 'fullscreen',
    head: '<style>#box{background:rgb(200,230,200)}#box:fullscreen{color:green}</style>',
    html: '<p>page</p><button id=button onclick="box.requestFullscreen()">full</button><div id=box>box</div>',
    whole: ['tree'],
    act: async (hand) => {
      await hand.click('#button');
      await hand.run(async () => {
        for (let i = 0; i < 50 && !document.fullscreenElement; i++) await new Promise((r) => setTimeout(r, 20));
      });
    },
    probes: {
      'fullscreen: fills the window': ask(
        (q) => Math.round(q.$('#box').getBoundingClientRect().height) >= q.w.innerHeight - 1,
        true,
      ),
    },
  },
];
