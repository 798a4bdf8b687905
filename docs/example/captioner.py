"""An image captioner that nobody wrote with TorchScript in mind."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class PatchEmbed(nn.Module):
    """Image → tokens."""

    def __init__(self, width: int = 64, patch: int = 8) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, stride=patch)
        self.norm = nn.LayerNorm(width)

    def forward(self, image: Tensor) -> Tensor:
        tokens = self.proj(image).flatten(2).transpose(1, 2)
        return self.norm(tokens)


class Attention(nn.Module):
    """Self-attention over tokens."""

    def __init__(self, width: int = 64, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        qkv = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        return self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    """Attention, then an MLP."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attn = Attention(width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Encoder(nn.Module):
    """Patches through blocks; keeps what some of them gave."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = PatchEmbed()
        self.blocks = nn.ModuleList([Block() for _ in range(4)])
        self.keep = {1, 3}

    def forward(self, image: Tensor) -> Tensor:
        x = self.patches(image)
        kept = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self.keep:
                kept.append(x)
        return torch.stack(kept)


class LengthHead(nn.Module):
    """How long the caption will be."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.score = nn.Linear(width, 1)

    def forward(self, tokens: Tensor) -> int:
        length = self.score(tokens).mean()
        if length < 1:
            return 1
        return int(length)


class Gate(nn.Module):
    """Lets tokens through that matter; none of them if there is too little to see."""

    def __init__(self, threshold: float = 0.1) -> None:
        super().__init__()
        self.threshold = threshold

    def forward(self, tokens: Tensor) -> Tensor:
        strength = tokens.abs().mean(-1, keepdim=True)
        if strength.max() < self.threshold:
            return torch.zeros_like(tokens)
        return tokens * (strength > self.threshold)


class Decoder(nn.Module):
    """Tokens → words."""

    def __init__(self, words: int = 1000, width: int = 64) -> None:
        super().__init__()
        self.gate = Gate()
        self.cell = nn.GRUCell(width, width)
        self.words = nn.Linear(width, words)

    def forward(self, tokens: Tensor, *, start: Tensor | None = None, **options: int) -> Tensor:
        context = self.gate(tokens).mean(1)
        state = context if start is None else start
        spoken = []
        for _ in range(options.get("steps", 8)):
            state = self.cell(context, state)
            spoken.append(self.words(state))
        return torch.stack(spoken, 1)


class Captioner(nn.Module):
    """Image → scores of words."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.length = LengthHead()
        self.decoder = Decoder()

    def forward(self, image: Tensor) -> Tensor:
        kept = self.encoder(image)
        scores = self.decoder(kept.sum(0))
        return scores[:, : self.length(kept[-1])]
