"""Architectures that SGLang 0.5.23 can cut into pipeline stages: those in srt/models/ whose class, or a class it inherits
from, asks for its pipeline group. Any other one would be loaded whole on every stage. Some ask and then insist on being its
only member (Qwen3-Next, Falcon-H1, LFM2, SDAR, Nanbeige, HY-V4): they are not among them."""

from __future__ import annotations

PIPELINE_MODELS = frozenset(
    """
    ApertusForCausalLM ArceeForCausalLM BailingMM2NativeForConditionalGeneration
    BailingMMNativeForConditionalGeneration BailingMoEForCausalLM BailingMoeForCausalLM
    BailingMoeV2ForCausalLM BailingMoeV2_5ForCausalLM BailingMoeV3ForCausalLM
    BailingMoeV3VLForConditionalGeneration BeamForCausalLM Cosmos3EdgeForConditionalGeneration
    Cosmos3ForConditionalGeneration DeciLMForCausalLM DeepseekV2ForCausalLM DeepseekV32ForCausalLM
    DeepseekV3ForCausalLM DeepseekV4ForCausalLM DotsVLMForCausalLM Exaone4ForCausalLM
    ExaoneMoEForCausalLM ExaoneMoeForCausalLM Gemma4ForCausalLM Gemma4ForConditionalGeneration
    Gemma4UnifiedForConditionalGeneration GigaChat35ForCausalLM Glm4ForCausalLM Glm4MoeForCausalLM
    Glm4MoeLiteForCausalLM Glm4vForConditionalGeneration Glm4vMoeForConditionalGeneration
    Glm5NextForConditionalGeneration GlmMoeDsaForCausalLM GlmOcrForConditionalGeneration
    GptOssForCausalLM GraniteMoeHybridForCausalLM IQuestCoderForCausalLM InternLM3ForCausalLM
    InternS1ProForConditionalGeneration InternS2PreviewForConditionalGeneration K2HorizonForCausalLM
    KimiK3LinearForCausalLM KimiLinearForCausalLM LagunaForCausalLM Llama4ForCausalLM LlamaForCausalLM
    MellumForCausalLM MiMoV2FlashForCausalLM MiMoV2ForCausalLM MiniMaxM2ForCausalLM
    MiniMaxM3SparseForCausalLM MiniMaxM3SparseForConditionalGeneration Ministral3ForCausalLM
    MistralForCausalLM MistralLarge3ForCausalLM MixtralForCausalLM NemotronHForCausalLM
    NemotronHPuzzleForCausalLM OPTForCausalLM OrionForCausalLM Phi3ForCausalLM Qwen2ForCausalLM
    Qwen2MoeForCausalLM Qwen2_5_VLForConditionalGeneration Qwen3ForCausalLM Qwen3MoeForCausalLM
    Qwen3VLForConditionalGeneration Qwen3VLMoeForConditionalGeneration Qwen3_5ForCausalLM
    Qwen3_5ForConditionalGeneration Qwen3_5MoeForCausalLM Qwen3_5MoeForConditionalGeneration
    Qwen4ExpForConditionalGeneration SarvamMLAForCausalLM SarvamMoEForCausalLM SolarForCausalLM
    Spark2_5ForCausalLM Step3p5ForCausalLM TeleFLMForCausalLM XllmForCausalLM ZayaForCausalLM
    """.split()  # noqa: SIM905 - eighty names read best as words
)
