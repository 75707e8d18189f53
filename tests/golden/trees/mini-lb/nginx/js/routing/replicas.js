// The replicas, or the routers before them, rendered: most requests each may have open, its name in the upstream, and
// where it says how it is.

export default {
    COUNT: 1,
    SLOTS: [512],
    ROUTES: ['r0'],
    READY: ['/readiness'],
    HEALTH: ['/health'],
};
