// Begins a stage: asks the frame above for its port, once, and shows what comes through it. Opened in a tab of its own it does
// nothing, and no page but the one above is listened to.

import { HELLO, PORT, type Start, type ToStage } from './messages.ts';
import { Stage } from './stage.ts';

/** Nothing that is clicked or typed here does anything: links, buttons, forms, summaries, drags. The app keeps input out anyway. */
const INPUT = [
  'click',
  'auxclick',
  'dblclick',
  'contextmenu',
  'submit',
  'reset',
  'keydown',
  'beforeinput',
  'dragstart',
  'drop',
];

function begin(start: Start, port: MessagePort): void {
  const stage = new Stage(start.document, start.depth, (message, transfer) =>
    port.postMessage(message, transfer ?? []),
  );
  port.onmessage = (event: MessageEvent<ToStage>) => stage.heard(event.data);
}

function quiet(): void {
  const stop = (event: Event): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  for (const type of INPUT) window.addEventListener(type, stop, true);
  const navigation = (window as { navigation?: EventTarget }).navigation;
  navigation?.addEventListener('navigate', (event) => event.cancelable && event.preventDefault());
}

function listen(): void {
  const above = window.parent;
  if (above === window) return;
  quiet();
  const onMessage = (event: MessageEvent<Start | null>): void => {
    const port = event.ports[0];
    if (event.source !== above || event.data?.type !== PORT || !port) return;
    window.removeEventListener('message', onMessage);
    begin(event.data, port);
  };
  window.addEventListener('message', onMessage);
  above.postMessage(HELLO, '*'); // holds nothing; who answers is checked above
}

listen();
