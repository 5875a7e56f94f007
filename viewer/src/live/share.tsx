// The ways in: the customer's link with QR and message, the join code, the invite for a colleague.

import { useEffect, useState } from 'preact/hooks';
import { problemFrom } from '../api/problem.ts';
import { Button } from '../parts/button.tsx';
import { useNow } from '../parts/clock.ts';
import { CopyButton } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Qr } from '../parts/qr.tsx';
import { codeOf, newCode } from '../sessions/codes.ts';
import { customerLink, mailUrl, messageText } from '../sessions/link.ts';
import { inviteUrl, secrets } from '../sessions/secret.ts';
import { clock } from '../sessions/words.ts';

/** The link as text that can be selected, with its Copy. */
function LinkLine({ url, what, primary }: { url: string; what: string; primary?: boolean }) {
  return (
    <div class="link-line">
      <input
        class="link-text"
        readOnly
        value={url}
        aria-label={what}
        spellcheck={false}
        onFocus={(event) => event.currentTarget.select()}
        data-testid={primary ? 'customer-link' : 'invite-link'}
      />
      <CopyButton
        text={url}
        what="link"
        label="Copy link"
        weight={primary ? 'primary' : 'plain'}
        testid={primary ? 'copy-link' : 'copy-invite'}
      />
    </div>
  );
}

export function ShareLink({ secret }: { secret: Uint8Array }) {
  const link = customerLink(secret);
  return (
    <>
      <LinkLine url={link} what="Link for the customer" primary />
      <div class="link-ways">
        <CopyButton
          text={messageText(link)}
          what="message"
          label="Copy as message"
          weight="quiet"
          testid="copy-message"
        />
        <a class="button quiet" href={mailUrl(link)} data-testid="mail-link">
          <Icon name="mail" /> E-mail
        </a>
      </div>
    </>
  );
}

export function ShareQr({ secret }: { secret: Uint8Array }) {
  return (
    <figure class="qr-card">
      <Qr text={customerLink(secret)} label="QR code of the customer’s link" />
      <figcaption>Or scan it on the customer’s device</figcaption>
    </figure>
  );
}

/** The spoken way in, with the time it has left. */
export function Code({ session }: { session: string }) {
  const now = useNow();
  const code = codeOf(session, now);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await newCode(session);
    } catch (thrown) {
      setProblem(problemFrom(thrown).message);
    }
    setBusy(false);
  };
  return (
    <div class="code" data-testid="join-code">
      {code ? (
        <>
          <output class="code-digits" data-testid="code">
            {code.code}
          </output>
          <CopyButton text={code.code} what="join code" />
          <span class="code-life">
            for {clock(Date.parse(code.expiresAt) - now)} at <strong>{location.host}/j</strong>
          </span>
        </>
      ) : (
        <Button busy={busy} onClick={ask} data-testid="get-code">
          Get a join code
        </Button>
      )}
      {problem && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

interface ShareDialogProps {
  session: string;
  open: boolean;
  onClose: () => void;
  /** The customer can still come in. */
  pending: boolean;
}

export function ShareDialog({ session, open, onClose, pending }: ShareDialogProps) {
  const [secret, setSecret] = useState(() => secrets.of(session));
  useEffect(() => {
    if (open) setSecret(secrets.of(session));
  }, [open, session]);
  return (
    <Dialog open={open} onClose={onClose} title="Share this session" testid="share">
      <section class="share-part">
        <h3>Invite a colleague</h3>
        {secret ? (
          <>
            <p class="dialog-text">
              They sign in and see the same page. The link carries the key: send it to nobody else.
            </p>
            <LinkLine url={inviteUrl(location.origin, session, secret)} what="Invite link for a colleague" />
          </>
        ) : (
          <p class="dialog-text">
            This tab has no key to pass on. A colleague can be invited from the tab in which the session was created.
          </p>
        )}
      </section>
      {pending && secret && (
        <section class="share-part">
          <h3>Link for the customer</h3>
          <ShareLink secret={secret} />
        </section>
      )}
      {pending && (
        <section class="share-part">
          <h3>Join code for the customer</h3>
          <Code session={session} />
        </section>
      )}
    </Dialog>
  );
}
