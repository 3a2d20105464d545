import type { Scheduler } from 'fairground/policies';

export default (): Scheduler => ({
  name: 'throws',
  schedule(view) {
    if (view.queue.length > 0) {
      throw new Error('no idea');
    }
  },
});
