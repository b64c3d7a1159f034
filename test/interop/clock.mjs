/** Preloaded into servers that others wrote: time passes there when a test says so. */
let ahead = 0;
const { Date: Real } = globalThis;

globalThis.Date = class Date extends Real {
  constructor(...parts) {
    if (parts.length === 0) super(Real.now() + ahead);
    else super(...parts);
  }

  static now() {
    return Real.now() + ahead;
  }
};

globalThis.letTimePass = (milliseconds) => {
  ahead += milliseconds;
};
