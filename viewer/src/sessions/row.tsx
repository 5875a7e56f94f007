// One session in the list: state, reference, page, people, age. The whole row is one link.

import type { Session } from '../api/types.ts';
import { Icon } from '../parts/icon.tsx';
import { Avatar } from '../shell/frame.tsx';
import { stay } from '../shell/router.ts';
import { oneCustomer } from './people.ts';
import { ageOf, dayAndTime, groupOf, shortUrl, stateWord } from './words.ts';

export function SessionRow({ session, now }: { session: Session; now: number }) {
  const group = groupOf(session);
  const where = session.title || shortUrl(session.url || session.page);
  const people = oneCustomer(session.participants).filter(
    (one) => one.role !== 'archiver' && (one.here || group === 'ended'),
  );
  const away = session.state === 'live' && !session.participants.some((one) => one.role === 'customer' && one.here);
  return (
    <li class="row" data-testid="session-row" data-state={session.state}>
      <a class="row-link" href={`/s/${session.id}`} onClick={stay}>
        <span class="row-main">
          <span class="row-name">{session.reference || <span class="dim">No reference</span>}</span>
          <span class="row-where" title={session.url || session.page}>
            {where}
          </span>
        </span>
        <span class={`state ${session.state} ${away ? 'away' : ''} ${session.endReason ?? ''}`}>
          <span class="dot" aria-hidden="true" />
          {stateWord(session)}
        </span>
        <span class="row-people">
          {people.length > 0 && (
            <>
              <span class="avatars" aria-hidden="true">
                {people.slice(0, 4).map((one) => (
                  <Avatar key={one.id} name={one.role === 'customer' ? 'Customer' : one.name} />
                ))}
              </span>
              <span class="unseen">
                With {people.map((one) => (one.role === 'customer' ? 'the customer' : one.name)).join(', ')}
              </span>
            </>
          )}
        </span>
        <span class="row-age">
          <time dateTime={session.createdAt} title={dayAndTime(Date.parse(session.createdAt))}>
            {ageOf(session.createdAt, now)}
          </time>
          <span class="row-owner">{session.owner.name}</span>
        </span>
        <Icon name="chevron" />
      </a>
    </li>
  );
}
