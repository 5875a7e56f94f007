// The join codes that this tab asked for, by session; a code that ran out is as good as none.

import { signal } from '@preact/signals';
import type { JoinCode } from '../api/types.ts';
import { api } from '../auth/account.ts';

const codes = signal<ReadonlyMap<string, JoinCode>>(new Map());

export async function newCode(session: string): Promise<JoinCode> {
  const code = await api.code(session);
  codes.value = new Map(codes.peek()).set(session, code);
  return code;
}

export function codeOf(session: string, now: number): JoinCode | null {
  const code = codes.value.get(session);
  return code && Date.parse(code.expiresAt) > now ? code : null;
}
