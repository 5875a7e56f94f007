// OpenReplay's tracker, as a site that sends to its own ingest begins it; `stop` sends what there is.
import Tracker from '@openreplay/tracker';

globalThis.openReplayBench = {
  async start(ingestPoint) {
    const tracker = new Tracker({
      projectKey: 'bench',
      ingestPoint,
      __DISABLE_SECURE_MODE: true,
      respectDoNotTrack: false,
      obscureInputNumbers: true,
      defaultInputMode: 1,
    });
    const started = await tracker.start();
    if (!started?.success) throw new Error(`OpenReplay: ${started?.reason}`);
    return () => tracker.stop();
  },
};
