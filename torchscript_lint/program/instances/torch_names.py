"""Names of torch by what they are or give, as far as constructors use them."""

from __future__ import annotations

from torchscript_lint.program.instances.words import words

DTYPES = words(
    """
    float32 float float64 double float16 half bfloat16 uint8 int8 int16 short int32 int int64 long bool
    complex32 complex64 cfloat complex128 cdouble chalf quint8 qint8 qint32 uint16 uint32 uint64
    float8_e4m3fn float8_e5m2
    """
)
LAYOUTS = frozenset(["strided", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc"])
MEMORY_FORMATS = frozenset(["contiguous_format", "channels_last", "channels_last_3d", "preserve_format"])

#: Functions of ``torch``, ``torch.nn.functional``, ``torch.linalg``, ``torch.fft`` and ``torch.special`` that
#: give one tensor, whatever the arguments.
TENSOR_FUNCTIONS = words(
    """
    abs acos add addmm arange arctan as_tensor asin atan atan2 bernoulli bincount bmm bucketize cat ceil
    cholesky clamp clone complex concat concatenate conj conv1d conv2d cos cosh cross cumprod cumsum deg2rad
    det diag diag_embed diagonal diff div dot dropout einsum embedding empty empty_like empty_strided erf
    erfc erfinv exp exp2 expm1 eye fft fft2 fftfreq fftn fftshift flatten flip floor fmod frac from_numpy
    frombuffer full full_like gather gelu hamming_window hann_window heaviside hstack hypot ifft
    index_select inner inv inverse irfft kaiser_window kron lerp lgamma linear linspace log log10 log1p log2
    log_softmax logaddexp logical_and logical_not logical_or logspace logsumexp masked_fill masked_select
    matmul mm movedim mul multinomial nan_to_num neg normal normalize one_hot ones ones_like outer pad
    permute polar pow rad2deg rand rand_like randint randint_like randn randn_like randperm real reciprocal
    relu remainder repeat_interleave reshape rfft rfftfreq roll rot90 round rsqrt scalar_tensor scatter
    select selu sigmoid sign silu sin sinc sinh softmax softplus solve sparse_coo_tensor sqrt square squeeze
    stack sub swapaxes t take tan tanh tensor tensordot tile trace transpose tril tril_indices triu
    triu_indices true_divide trunc unsqueeze vander view_as_complex view_as_real vstack where xlogy zeros
    zeros_like bartlett_window blackman_window block_diag cartesian_prod cdist fftconvolve interpolate
    unfold fold
    """
)
BOOL_FUNCTIONS = words(
    """
    is_available is_tensor is_floating_point is_complex allclose equal is_grad_enabled is_autocast_enabled
    is_initialized is_scripting is_tracing is_bf16_supported
    """
)
#: Methods of a tensor that give a tensor, whatever the arguments.
TENSOR_METHODS = words(
    """
    abs add addmm all any bfloat16 bmm bool ceil clamp clone contiguous conj cos cpu cuda cumprod cumsum
    detach diag diagonal div double dot exp expand expand_as fill_diagonal_ flatten flip float floor gather
    ge gt half index_fill index_select int inverse le lerp log log10 log2 logical_not long lt masked_fill
    matmul mean mm movedim mul narrow ne neg new_empty new_full new_ones new_tensor new_zeros permute pow
    prod reciprocal relu repeat repeat_interleave reshape roll round rsqrt scatter select sigmoid sign sin
    softmax sqrt square squeeze std sub sum t take tanh tile to transpose tril triu trunc type_as unsqueeze
    unfold var view view_as where zero norm eq argsort short byte char swapaxes swapdims logsumexp index_add
    scatter_add pin_memory
    """
)
