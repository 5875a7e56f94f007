// All cases, by area.
import type { Case } from './case.ts';
import { attention } from './pages/attention.ts';
import { styleSheets } from './pages/css.ts';
import { drawing } from './pages/drawing.ts';
import { forms } from './pages/forms.ts';
import { frames } from './pages/frames.ts';
import { layers } from './pages/layers.ts';
import { motion } from './pages/motion.ts';
import { published } from './pages/public.ts';
import { shadow } from './pages/shadow.ts';
import { storms } from './pages/storm.ts';
import { tree } from './pages/tree.ts';

export const cases: Case[] = [
  ...forms,
  ...tree,
  ...styleSheets,
  ...shadow,
  ...layers,
  ...motion,
  ...drawing,
  ...frames,
  ...attention,
  ...storms,
  ...published,
];
