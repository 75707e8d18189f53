"""Ten practices that guides to SGLang in production name, each held against one deployment.

    plan, facts, what runs, load-test reports -> Subject -> ten findings

The practices are pure functions of a `Subject`; `observe` alone looks at what runs. Nothing is changed, and no prompt
is sent.
"""
