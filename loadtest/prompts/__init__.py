"""Made prompts: texts of a wanted token length, repeatable from a seed. No data set is shipped.

`vocabulary` has the words, `text` joins them, `calibration` finds out what they cost in the model's tokenizer.
"""
