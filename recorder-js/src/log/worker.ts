// The worker that deflates what is large.

import { serve } from './press.ts';

serve(globalThis as unknown as Worker);
