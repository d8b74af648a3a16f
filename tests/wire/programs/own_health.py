"""A FastAPI application that has a health page of its own, and a check beside it."""

from fastapi import APIRouter, FastAPI

from anclora_otel.health import health

app = FastAPI()
router = APIRouter()


@router.get("/health")
async def own() -> str:
    """Answer as ever."""
    return "mine"


@health.check("whatsapp", timeout_seconds=1, critical=True)
async def whatsapp() -> bool:
    """Fail."""
    return False


app.include_router(router)
