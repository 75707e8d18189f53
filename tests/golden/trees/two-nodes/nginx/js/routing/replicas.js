// The replicas in numbers, rendered: most requests each may have open, and its name in the upstream.

export default {
    COUNT: 1,
    SLOTS: [256],
    ROUTES: ['r0'],
};
