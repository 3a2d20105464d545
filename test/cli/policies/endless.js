export default () => ({
  name: 'endless',
  schedule() {
    for (;;);
  },
});
