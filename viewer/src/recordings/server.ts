// The recordings of the server, for whoever is signed in.

import { RecordingsApi } from '../api/recordings.ts';
import { signedOut } from '../auth/account.ts';

export const recordings = new RecordingsApi(undefined, signedOut);
