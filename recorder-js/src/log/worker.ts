// The worker of large pages.

import { serve } from './serve.ts';

serve(globalThis as unknown as Worker);
postMessage(0); // it is there
