// /recordings: what was recorded.

export function RecordingsPage() {
  return <h1>Recordings</h1>;
}
