// Who is in the session, with their roles; who is away is shown as away.

import { Popover } from '@base-ui/react/popover';
import type { Participant, Role } from '../api/types.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { oneCustomer } from '../sessions/people.ts';
import { Avatar } from '../shell/frame.tsx';

const ROLES: Record<Role, string> = {
  customer: 'Customer',
  agent: 'Agent',
  observer: 'Observer, only watches',
  archiver: 'Kept on this server, as the customer allowed',
};

export function People({ participants }: { participants: Participant[] }) {
  const people = oneCustomer(participants);
  const here = people.filter((one) => one.here);
  const sorted = [...people].sort((a, b) => Number(b.here) - Number(a.here) || a.leg - b.leg);
  return (
    <Popover.Root>
      <Popover.Trigger
        render={
          <Button weight="quiet" class="people" data-testid="people" aria-label={`Participants: ${here.length} here`}>
            <Icon name="people" />
            {here.length}
          </Button>
        }
      />
      <Popover.Portal>
        <Popover.Positioner sideOffset={8} align="end" collisionPadding={8} className="layer-menu">
          <Popover.Popup className="popover">
            <Popover.Title className="popover-title">Participants</Popover.Title>
            {sorted.length === 0 && <p class="dim">Nobody yet.</p>}
            <ul class="people-list" data-testid="people-list">
              {sorted.map((one) => (
                <li key={one.id} class={one.here ? undefined : 'away'}>
                  <Avatar name={one.role === 'customer' ? 'Customer' : one.name} />
                  <span>
                    <strong>{one.name || ROLES[one.role]}</strong>
                    <small>
                      {ROLES[one.role]}
                      {!one.here && ' · away'}
                    </small>
                  </span>
                </li>
              ))}
            </ul>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
