// Opens the real transport: the parts of the link library and of the stage, joined to what the connection needs.

import { CloseCodes, type Lane } from '@ridealong/wire';
import { type Bytes, derive, type Link, Links, readPath, Signal } from '@ridealong/wire/link';
import { AnsweredKeys } from '@ridealong/wire/link/code-keys';
import { Follower } from '@ridealong/wire/link/follower';
import type { EndReason } from '@ridealong/wire/signal';
import { Api } from '../api/client.ts';
import { provenKeys } from '../sessions/secret.ts';
import { Connection } from './connection.ts';
import type { Credential, FollowerPart, LinkPart, LinksPart, Parts, SignalPart, Sink, StagePart } from './parts.ts';
import { stageIn } from './stage-part.ts';
import { ticketOf } from './ticket.ts';
import type { Transport, TransportOptions } from './transport.ts';

export function openTransport({ session, secret, host, dispatch, telemetry }: TransportOptions): Transport {
  const proven = provenKeys.of(session);
  const key = (async () => {
    if (proven) return Uint8Array.from(proven);
    return secret ? (await derive(Uint8Array.from(secret))).key : undefined;
  })();
  const api = new Api();
  const credential = async (): Promise<Credential> => {
    await key; // a greet that comes with the welcome needs it
    return ticketOf(api, session, dispatch);
  };
  const keep = (bytes: Bytes) => provenKeys.keep(session, bytes);
  return new Connection(new RealParts(key, proven !== null, keep), host, credential, dispatch, telemetry);
}

class RealParts implements Parts {
  private socket: Signal | undefined;

  constructor(
    private readonly key: Promise<Bytes | undefined>,
    /** A link was ready with it once: no other is taken. */
    private readonly proven: boolean,
    private readonly keep: (key: Bytes) => void,
  ) {}

  signal(credential: () => Promise<Credential>): SignalPart {
    const url = `${location.origin.replace(/^http/, 'ws')}/ws/agent`;
    const signal = new Signal({ url, credential });
    this.socket = signal;
    return {
      on: (event, tell) => {
        const call = tell as (...args: unknown[]) => void;
        if (event === 'state') {
          signal.on('state', (state) => state !== 'closed' && call(state));
          signal.on('closed', (name) => call('closed', CloseCodes.find((line) => line.name === name)?.code));
        } else if (event === 'participants') {
          signal.on('welcome', (welcome) => call(welcome.participants));
          signal.on('message', (message) => message.type === 'presence' && call(message.participants));
        } else if (event === 'ended') {
          signal.on('message', (message) => message.type === 'ended' && call(message.reason satisfies EndReason));
        } else signal.on('message', (message) => message.type === 'second-claim' && call());
      },
      close: () => signal.close('left'),
    };
  }

  links(): LinksPart {
    const socket = this.socket as Signal;
    let key: Bytes | undefined;
    void this.key.then((derived) => {
      key ??= derived;
    });
    const links = new Links(socket, () => key, 'watcher', readPath);
    const answered = new AnsweredKeys(socket);
    if (this.proven) answered.close();
    const tampered = () => socket.send({ type: 'end', reason: 'tampered' });
    links.on('tampered', tampered);
    links.on('link', (link) => {
      link.on('state', (state) => {
        if (state !== 'ready' || !key) return;
        answered.close();
        this.keep(key);
      });
    });
    return {
      onLink: (tell) =>
        links.on('link', (link) => {
          const take = () => tell(new RealLink(link));
          // While a link serves, the one that will replace it is nobody's business.
          if (!links.ready.has(link.leg)) take();
          else link.on('state', (state) => state === 'ready' && take());
        }),
      onDigits: (tell) => {
        answered.on('made', (made, digits) => {
          key = made;
          tell(digits);
        });
        answered.on('over', (code) => {
          tell(null);
          if (code === 'tampered') tampered();
        });
      },
      close: () => {
        answered.close();
        links.close('left');
      },
    };
  }

  follower(sink: Sink): FollowerPart {
    const follower = new Follower({ ...sink, control: (message) => sink.control(message) }, undefined, false);
    return {
      attach: (link) => follower.attach((link as RealLink).link),
      follow: (following) => follower.follow(following),
      want: (hashes) => follower.want(hashes),
      requestKeyframe: (reason) => follower.requestKeyframe(reason),
      get duplicates() {
        return follower.counts.duplicates;
      },
      get roundTrip() {
        return follower.roundTrip;
      },
      close: () => follower.close(),
    };
  }

  stage(host: HTMLElement): StagePart {
    return stageIn(host);
  }
}

class RealLink implements LinkPart {
  constructor(readonly link: Link) {}

  get leg() {
    return this.link.leg;
  }

  get state() {
    return this.link.state;
  }

  get rung() {
    return this.link.rung;
  }

  on: LinkPart['on'] = (event, tell) => {
    const call = tell as (...args: unknown[]) => void;
    if (event === 'state') this.link.on('state', call);
    else if (event === 'rung') this.link.on('rung', (rung) => call(rung));
    else if (event === 'frame') this.link.on('frame', (lane: Lane, bytes) => call(lane, bytes));
    else if (event === 'close') this.link.on('close', call);
  };
}
