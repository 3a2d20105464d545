/** Starts every task on machine 0, room or not, and each of them twice. */
export default () => ({
  name: 'everywhere',
  schedule(view, act) {
    for (let task = view.queue.first, next; task >= 0; task = next) {
      next = view.queue.next(task);
      act.start(task, 0);
      act.start(task, 0);
    }
  },
});
