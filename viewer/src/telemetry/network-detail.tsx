// All that is known of one request: headers, what was sent, what came, a socket's messages, and its timing.

import type { Pair } from '@ridealong/wire/entries';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../parts/button.tsx';
import { copy } from '../parts/copy.tsx';
import { Icon } from '../parts/icon.tsx';
import { asCurl, asFetch, canCopy } from './curl.ts';
import type { Telemetry } from './model.ts';
import {
  codeOf,
  flagsOf,
  isSocket,
  lastedOf,
  methodOf,
  nameOf,
  phasesOf,
  stateOf,
  statusOf,
  type Traffic,
  transferOf,
  typeOf,
  urlOf,
} from './request.ts';
import { type RequestRow, wallOf } from './rows.ts';
import { Masked } from './value-tree.tsx';
import { bodyWords, clockOf, countOf, DOTS, hasText, leftOutWords, sizeOf, spanOf, wallClock } from './words.ts';

const TABS = ['headers', 'payload', 'response', 'messages', 'timing'] as const;
type Tab = (typeof TABS)[number];

interface DetailProps {
  row: Traffic;
  telemetry: Telemetry;
  version: number;
  onClose: () => void;
}

export function NetworkDetail({ row, telemetry, onClose }: DetailProps) {
  const [wished, setTab] = useState<Tab>('headers');
  const box = useRef<HTMLElement>(null);
  const tabs = TABS.filter((tab) => has(row, tab));
  const tab = tabs.includes(wished) ? wished : 'headers';
  const jump = telemetry.jump.value;
  useEffect(() => box.current?.focus({ preventScroll: true }), [row.key]);
  const turn = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] ?? 'headers';
    setTab(next);
    box.current?.querySelector<HTMLElement>(`[data-tab=${next}]`)?.focus();
  };
  const close = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onClose();
  };
  return (
    <section
      class="t-detail"
      aria-label={`Request ${nameOf(row)}`}
      tabIndex={-1}
      ref={box}
      onKeyDown={close}
      data-testid="network-detail"
    >
      <div class="t-detail-head">
        <div class="t-tabs small" role="tablist" aria-label="Detail" onKeyDown={turn}>
          {tabs.map((one) => (
            <button
              type="button"
              key={one}
              role="tab"
              aria-selected={one === tab}
              tabIndex={one === tab ? 0 : -1}
              data-tab={one}
              onClick={() => setTab(one)}
            >
              {one.charAt(0).toUpperCase() + one.slice(1)}
            </button>
          ))}
        </div>
        {jump && (
          <IconButton
            icon="eye"
            name="Show the page at this moment"
            onClick={() => jump({ tab: row.doc.tab, epoch: row.doc.epoch, at: row.at })}
          />
        )}
        <IconButton icon="close" name="Close detail" onClick={onClose} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div class="t-detail-body" role="tabpanel" aria-label={tab} tabIndex={0}>
        {tab === 'headers' && <Headers row={row} telemetry={telemetry} />}
        {tab === 'payload' && row.type === 'request' && <Payload row={row} />}
        {tab === 'response' && row.type === 'request' && <Response row={row} />}
        {tab === 'messages' && row.type === 'request' && <Messages row={row} telemetry={telemetry} />}
        {tab === 'timing' && <Timing row={row} telemetry={telemetry} />}
      </div>
    </section>
  );
}

function has(row: Traffic, tab: Tab): boolean {
  if (tab === 'messages') return isSocket(row);
  if (tab === 'payload' || tab === 'response') return row.type === 'request' && !isSocket(row);
  return true;
}

/** Text of the page's in which what is masked is seen as such. */
export function Told({ text }: { text: string }) {
  const parts = text.split(DOTS);
  if (parts.length === 1) return <>{text}</>;
  return (
    <>
      {parts.map((part, i) => (
        <span key={i}>
          {i > 0 && <Masked size={0} />}
          {part}
        </span>
      ))}
    </>
  );
}

function Facts({ title, pairs, none }: { title: string; pairs: readonly Pair[]; none?: string }) {
  return (
    <>
      <h3>{title}</h3>
      {pairs.length === 0 ? (
        <p class="t-quiet">{none}</p>
      ) : (
        <dl class="t-facts">
          {pairs.map(([name, value], i) => (
            <div key={`${i}.${name}`}>
              <dt>{name}</dt>
              <dd>
                <Told text={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

function Headers({ row, telemetry }: { row: Traffic; telemetry: Telemetry }) {
  const request = row.type === 'request' ? row.request : null;
  const response = row.type === 'request' ? row.response : null;
  const reason = (row.type === 'request' && row.done?.reason) || '';
  const transfer = transferOf(row);
  const status = codeOf(row) > 0 && response?.reason ? `${statusOf(row)} ${response.reason}` : statusOf(row);
  const general: Pair[] = [
    ['Method', methodOf(row)],
    ['Status', status],
    ...(reason ? [['In the browser’s words', reason] as const] : []),
    ['Type', typeOf(row)],
    ...(transfer?.protocol ? [['Protocol', transfer.protocol] as const] : []),
    ...(response?.mime ? [['Content', response.mime] as const] : []),
    ...(response?.kind ? [['Response kind', response.kind] as const] : []),
    ...(response?.url ? [['Came from', response.url] as const] : []),
    ...(request?.initiator ? [['Initiator', request.initiator] as const] : []),
    ...(flagsOf(row).length > 0 ? [['Notes', flagsOf(row).join(', ')] as const] : []),
    ['Started', `${clockOf(wallOf(row) - telemetry.zero)}, ${wallClock(wallOf(row))}`],
  ];
  const none = 'None are told.';
  return (
    <>
      <div class="t-url">
        <code>
          <Told text={urlOf(row)} />
        </code>
        <span class="t-url-tools">
          <Copy text={() => urlOf(row)} what="address">
            URL
          </Copy>
          {canCopy(row) && (
            <>
              <Copy text={() => asCurl(row)} what="cURL command">
                cURL
              </Copy>
              <Copy text={() => asFetch(row)} what="fetch call">
                fetch
              </Copy>
              <a class="t-button" href={urlOf(row)} target="_blank" rel="noreferrer noopener">
                Open <Icon name="share" size={13} />
              </a>
            </>
          )}
        </span>
      </div>
      <Facts title="General" pairs={general} />
      {row.type === 'request' && (
        <>
          <Facts
            title="Response headers"
            pairs={response?.headers ?? []}
            none={response ? none : 'No answer has come.'}
          />
          <Facts title="Request headers" pairs={request?.headers ?? []} none={none} />
        </>
      )}
      {row.type === 'resource' && (
        <p class="t-quiet">The headers of files that the page loads by itself are not known to it.</p>
      )}
    </>
  );
}

function Copy({ text, what, children }: { text: () => string; what: string; children: ComponentChildren }) {
  return (
    <button type="button" class="t-button" title={`Copy as ${what}`} onClick={() => void copy(text(), what)}>
      <Icon name="copy" size={13} /> {children}
    </button>
  );
}

function Body({ state, text, size }: { state: number; text: string; size: number }) {
  const words = bodyWords(state);
  return (
    <>
      {words && (
        <p class="t-quiet" data-testid="body-state">
          {words}
          {size > 0 && ` ${sizeOf(size)}.`}
        </p>
      )}
      {hasText(state) && text !== '' && (
        <pre class="t-body">
          <Told text={pretty(text)} />
        </pre>
      )}
    </>
  );
}

/** JSON with its structure; anything else as it is. */
function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Payload({ row }: { row: RequestRow }) {
  if (!row.request) return <p class="t-quiet">The beginning of this request did not arrive.</p>;
  return <Body state={row.request.body} text={row.request.text} size={row.request.size} />;
}

function Response({ row }: { row: RequestRow }) {
  if (row.done) return <Body state={row.done.body} text={row.done.text} size={row.done.transfer.decoded} />;
  return <p class="t-quiet">{row.cut ? 'The page went away before it was there.' : 'It is on its way.'}</p>;
}

const SHOWN = 500;

function Messages({ row, telemetry }: { row: RequestRow; telemetry: Telemetry }) {
  const { rows, gone } = row.talk;
  const shown = rows.slice(-SHOWN);
  const before = rows.length - shown.length + gone;
  if (rows.length === 0) return <p class="t-quiet">No messages yet.</p>;
  return (
    <>
      {before > 0 && <p class="t-quiet">{countOf(before)} earlier ones are not shown.</p>}
      <ol class="t-talk">
        {shown.map((one) => (
          <li key={one.key} class={one.type === 'message' && one.entry.out ? 'out' : 'in'}>
            <span class="t-talk-way" title={one.type === 'message' && one.entry.out ? 'Sent' : 'Received'}>
              {one.type === 'message' ? (one.entry.out ? '↑' : '↓') : '…'}
            </span>
            <span class="t-talk-text">
              {one.type === 'leftOut' ? (
                leftOutWords(one.entry)
              ) : (
                <>
                  {one.entry.event && <b>{one.entry.event} </b>}
                  {hasText(one.entry.body) ? <Told text={one.entry.text} /> : <em>{bodyWords(one.entry.body)}</em>}
                </>
              )}
            </span>
            <span class="t-talk-size">{one.type === 'message' ? sizeOf(one.entry.size) : ''}</span>
            <time title={wallClock(wallOf(one))}>{clockOf(wallOf(one) - telemetry.zero)}</time>
          </li>
        ))}
      </ol>
    </>
  );
}

function Timing({ row, telemetry }: { row: Traffic; telemetry: Telemetry }) {
  const phases = phasesOf(row);
  const lasted = lastedOf(row) ?? phases.reduce((last, { to }) => Math.max(last, to), 0);
  const transfer = transferOf(row);
  return (
    <>
      <p class="t-quiet">
        Started at {clockOf(wallOf(row) - telemetry.zero)}
        {lasted > 0 ? `, lasted ${spanOf(lasted)}` : stateOf(row) === 'pending' ? ', is not over' : ''}.
      </p>
      {phases.length === 0 ? (
        <p class="t-quiet">Another origin does not let the phases be known, or there were none.</p>
      ) : (
        <dl class="t-phases">
          {phases.map(({ name, tone, from, to }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <span class="t-phase-track">
                  <i
                    class={`p-${tone}`}
                    style={{
                      left: `${((from / Math.max(1, lasted)) * 100).toFixed(2)}%`,
                      width: `${(((to - from) / Math.max(1, lasted)) * 100).toFixed(2)}%`,
                    }}
                  />
                </span>
                <span class="t-phase-span">{spanOf(to - from)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {transfer && (
        <Facts
          title="Transfer"
          pairs={[
            ['Moved', transfer.moved > 0 ? sizeOf(transfer.moved) : 'not told'],
            ['Body as it came', transfer.encoded > 0 ? sizeOf(transfer.encoded) : 'not told'],
            ['Body', transfer.decoded > 0 ? sizeOf(transfer.decoded) : 'not told'],
          ]}
        />
      )}
    </>
  );
}
