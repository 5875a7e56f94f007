// The New session dialog: project, page, reference. Creating goes straight to the session, where the link waits.

import { useEffect, useRef, useState } from 'preact/hooks';
import { type Problem, problemFrom } from '../api/problem.ts';
import type { Project } from '../api/types.ts';
import { api, toLogin } from '../auth/account.ts';
import { Button } from '../parts/button.tsx';
import { Callout } from '../parts/callout.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { go } from '../shell/router.ts';
import { createSession } from './link.ts';
import { pageError } from './page-error.ts';

export function NewSession({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onClose={onClose} title="New session" testid="new-session-dialog">
      {open && <NewSessionForm onClose={onClose} />}
    </Dialog>
  );
}

function NewSessionForm({ onClose }: { onClose: () => void }) {
  const [projects, setProjects] = useState<Project[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tries, setTries] = useState(0);

  useEffect(() => {
    let here = true;
    setProblem(null);
    api.projects().then(
      (list) => here && setProjects(list),
      (thrown) => here && setProblem(problemFrom(thrown)),
    );
    return () => {
      here = false;
    };
  }, [tries]);

  if (problem?.status === 401) toLogin();
  if (problem) {
    return (
      <Callout tone="warn" icon="wifi" alert actions={<Button onClick={() => setTries(tries + 1)}>Try again</Button>}>
        {problem.message}
      </Callout>
    );
  }
  if (!projects) return <FormSkeleton />;
  if (projects.length === 0) {
    return (
      <Callout icon="info" title="No project yet">
        A project names the sites whose pages customers may share. Add one to the server’s configuration and reload.
      </Callout>
    );
  }
  return <ProjectForm projects={projects} onClose={onClose} />;
}

function ProjectForm({ projects, onClose }: { projects: Project[]; onClose: () => void }) {
  const [chosen, setChosen] = useState(projects[0]?.id ?? '');
  const project = projects.find((one) => one.id === chosen);
  const form = useRef<HTMLFormElement>(null);
  const [page, setPage] = useState(project?.page ?? '');
  const [reference, setReference] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => form.current?.querySelector<HTMLElement>('select, input')?.focus(), []);

  const choose = (id: string) => {
    // A page that the agent typed stays; one that was only the default follows the project.
    if (page === project?.page) setPage(projects.find((one) => one.id === id)?.page ?? '');
    setChosen(id);
    setWrong(null);
  };

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || !project) return;
    const why = pageError(page, project);
    setWrong(why);
    setProblem(null);
    if (why) return form.current?.querySelector<HTMLElement>('input[name=page]')?.focus();
    setBusy(true);
    try {
      const session = await createSession({ project: project.id, page: page.trim(), reference: reference.trim() });
      onClose();
      go(`/s/${session.id}`);
    } catch (thrown) {
      setProblem(problemFrom(thrown).message);
      setBusy(false);
    }
  };

  return (
    <form class="form" ref={form} onSubmit={submit} aria-busy={busy} noValidate>
      {problem && (
        <Callout tone="bad" icon="warn" alert>
          {problem}
        </Callout>
      )}
      <ProjectChoice projects={projects} chosen={chosen} choose={choose} />
      <Field
        label="Page to open"
        name="page"
        type="url"
        inputMode="url"
        spellcheck={false}
        required
        value={page}
        onValue={setPage}
        error={wrong}
        hint={project && `The customer is sent here. Sites of this project: ${project.origins.map(hostOf).join(', ')}`}
      />
      <Field
        label="Reference"
        name="reference"
        optional
        maxLength={120}
        placeholder="Ticket number or name"
        value={reference}
        onValue={setReference}
        hint="Only agents see it."
      />
      <div class="dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" weight="primary" busy={busy} data-testid="create-session">
          {busy ? 'Creating…' : 'Create link'}
        </Button>
      </div>
    </form>
  );
}

function ProjectChoice(props: { projects: Project[]; chosen: string; choose: (id: string) => void }) {
  if (props.projects.length === 1) return null;
  return (
    <div class="field">
      <label for="project">Project</label>
      <select
        id="project"
        name="project"
        value={props.chosen}
        onChange={(event) => props.choose(event.currentTarget.value)}
      >
        {props.projects.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </div>
  );
}

function FormSkeleton() {
  return (
    <div class="form" aria-busy="true">
      <span class="unseen">Loading projects…</span>
      <span class="bone tall" />
      <span class="bone tall" />
    </div>
  );
}

function hostOf(origin: string): string {
  return origin.replace(/^https?:\/\//, '');
}
